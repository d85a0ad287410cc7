import { writeSync } from 'node:fs';
import { AnonError } from '../../errors.ts';
import type { Env } from '../env.ts';
import { type DescriptorKind, kindOf } from '../files/descriptor.ts';
import { codeOf, reasonOf } from '../files/files.ts';
import { textOf } from '../files/input.ts';
import type { LineWriter } from '../files/line-writer.ts';
import type { Palette } from './palette.ts';

/** Goes to the start of a terminal's line and erases it. */
export const eraseLine = '\r\u001b[2K';

/** What a command reads from and writes to. */
export interface Terminal {
  /** The result, and nothing else, goes to stdout. */
  result(text: string): void;
  /** Many results, one after another, each of which is waited for. */
  resultLines(): Promise<LineWriter>;
  /** Progress, warnings, hints and errors go to stderr. */
  note(text: string): void;
  /** All of stdin as text. @throws {AnonError} `usage` */
  readStdin(): Promise<string>;
  /** What stdin is. Where it is neither a terminal nor nothing, it is input, although it may turn out to be empty. */
  readonly stdin: DescriptorKind;
  /** A person can be asked. */
  readonly interactive: boolean;
  /** What rules that out although there may be a terminal: `--no-input`, or a variable. */
  readonly questionsRuledOutBy?: string;
  /** The result is read by a person, not by a file or another program. */
  readonly resultIsTerminal: boolean;
  /** Who read the result has left: what goes on for long may stop. */
  readonly resultUnread?: boolean;
  /** How many columns a line of it takes there, now; without end where it is no terminal. */
  readonly resultColumns: number;
  /** The same of a note. */
  readonly noteColumns: number;
  readonly resultColour: boolean;
  readonly noteColour: boolean;
  /** Loaded once a command runs where one of the two has colour. */
  readonly palette?: Palette;
  /** A line of notes can be written over. */
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
    readStdin: async () => textOf(await (await import('../files/stdin.ts')).readStdin(), 'stdin'),
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

/** A CI runner may give its commands a terminal, of which it keeps every byte: a line that is written over is many there. */
function isAutomated({ CI }: Env): boolean {
  return !['', '0', 'false'].includes(CI?.toLowerCase() ?? '');
}

/** FORCE_COLOR decides first, then NO_COLOR, then whether it is a terminal that can. @see https://no-color.org */
export function wantsColour(env: Env, tty: boolean): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.NO_COLOR) return false;
  return tty && env.TERM !== 'dumb';
}

/**
 * Writes straight to the descriptor: making Node's own stream costs 3 ms at every start. When the other
 * end is full the stream takes over; when it is gone (`| head -1`) there is nobody left to tell, and this gives false.
 * @throws {AnonError} `failed` when the result cannot be written; of a note that cannot be, nobody can be told
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

async function resultLines(): Promise<LineWriter> {
  const lines = (await import('../files/line-writer.ts')).lineWriter(1);
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
 * Has `heard` called with what Node.js itself warns of, which it would write to stderr: NODE_TLS_REJECT_UNAUTHORIZED, what is
 * experimental or out of date. Of a NODE_EXTRA_CA_CERTS that cannot be read it tells before a program begins.
 */
export function hearNodeWarnings(heard: (message: string) => void): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => heard(name === 'Warning' ? message : `${name}: ${message}`));
}
