import { writeSync } from 'node:fs';
import { AnonError } from '../../errors.ts';
import type { Env } from '../env.ts';
import { type DescriptorKind, kindOf } from '../files/descriptor.ts';
import { codeOf, reasonOf } from '../files/files.ts';
import { textOf } from '../files/input.ts';
import type { LineWriter } from '../files/line-writer.ts';
import type { Palette } from './palette.ts';

/** Moves to the start of the terminal's line and erases it. */
export const eraseLine = '\r\u001b[2K';

/** What a command reads from and writes to. */
export interface Terminal {
  /** The result, and nothing else, goes to stdout. */
  result(text: string): void;
  /** For many results, each of which can be awaited. `writers` is how many write at the same time. */
  resultLines(writers: number): Promise<LineWriter>;
  /** Progress, warnings, hints and errors go to stderr. */
  note(text: string): void;
  /** All of stdin as text, at most 16 MB by default. @throws {AnonError} `usage` */
  readStdin(limitBytes?: number): Promise<string>;
  /** What stdin leads to. `other` is input, which may be empty. */
  readonly stdin: DescriptorKind;
  /** A person can answer questions. */
  readonly interactive: boolean;
  /** What disables questions on a terminal: `--no-input`, or a variable. */
  readonly questionsRuledOutBy?: string;
  /** The result goes to a person, not to a file or another program. */
  readonly resultIsTerminal: boolean;
  /** The reader of the result is gone: a long-running command may stop. */
  readonly resultUnread?: boolean;
  /** The current width of the terminal; infinite where stdout is not a terminal. */
  readonly resultColumns: number;
  /** The same for stderr. */
  readonly noteColumns: number;
  readonly resultColour: boolean;
  readonly noteColour: boolean;
  /** Loaded for a command where one of the two has colour. */
  readonly palette?: Palette;
  /** A line on stderr can be redrawn. */
  readonly noteRewritable: boolean;
}

/** The terminal of this process. */
export function processTerminal(env: Env): Terminal {
  let unread = false;
  return {
    result: (text) => {
      unread = !write(1, text) || unread;
    },
    resultLines,
    note: (text) => void write(2, text),
    get resultUnread() {
      return unread;
    },
    readStdin: async (limitBytes) => textOf(await (await import('../files/stdin.ts')).readStdin(limitBytes), 'stdin'),
    get stdin() {
      return kindOf(0);
    },
    get interactive() {
      return isatty(0) && isatty(2);
    },
    get resultIsTerminal() {
      return isatty(1);
    },
    get resultColumns() {
      return isatty(1) ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
    },
    get noteColumns() {
      return isatty(2) ? process.stderr.columns || 80 : Number.POSITIVE_INFINITY;
    },
    get resultColour() {
      return wantsColour(env, isatty(1));
    },
    get noteColour() {
      return wantsColour(env, isatty(2));
    },
    get noteRewritable() {
      return env.TERM !== 'dumb' && !isAutomated(env) && isatty(2);
    },
  };
}

/** A CI runner may give its commands a terminal but log every byte: each redraw would be a line of the log. */
function isAutomated({ CI }: Env): boolean {
  return !['', '0', 'false'].includes(CI?.toLowerCase() ?? '');
}

/** FORCE_COLOR decides first, then NO_COLOR, then the terminal. @see https://no-color.org */
export function wantsColour(env: Env, tty: boolean): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.NO_COLOR) return false;
  return tty && env.TERM !== 'dumb';
}

/**
 * Writes directly to the descriptor, because creating Node's stream costs 3 ms per start. The stream takes over when a pipe
 * is full. Returns false when the reader is gone, as after `| head -1`, and when stderr can't be written.
 * @throws {AnonError} `failed` where the result can't be written
 */
function write(descriptor: 1 | 2, text: string): boolean {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch (error) {
    if (codeOf(error) === 'EPIPE') return false;
    if (codeOf(error) !== 'EAGAIN') {
      if (descriptor === 2) return false;
      throw unwritable(error);
    }
    const stream = descriptor === 1 ? process.stdout : process.stderr;
    stream.on('error', () => {});
    stream.write(rest);
  }
  return true;
}

async function resultLines(writers: number): Promise<LineWriter> {
  const lines = (await import('../files/line-writer.ts')).lineWriter(1, writers);
  return {
    write: (text) =>
      lines.write(text).catch((error) => {
        throw unwritable(error);
      }),
  };
}

function unwritable(cause: unknown): AnonError {
  return new AnonError('failed', `The result cannot be written: ${reasonOf(cause)}.`, { cause });
}

function isatty(descriptor: number): boolean {
  return kindOf(descriptor) === 'terminal';
}

/**
 * Passes Node's own warnings to `listener` instead of stderr: about NODE_TLS_REJECT_UNAUTHORIZED, experimental or deprecated
 * features. Node reports an unreadable NODE_EXTRA_CA_CERTS before a program starts.
 */
export function onNodeWarning(listener: (message: string) => void): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => listener(name === 'Warning' ? message : `${name}: ${message}`));
}
