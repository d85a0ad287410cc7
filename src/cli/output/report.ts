import { redactTokens } from '../../domain/exchange/redact.ts';
import { AnonError, isAnonError } from '../../errors.ts';
import type { Terminal } from '../../io/terminal/terminal.ts';
import { exitCodeOf } from '../exit-code.ts';
import { notePaint } from '../render/paint.ts';
import { printable, printableJson, printableLines } from '../render/printable.ts';
import { behind } from '../render/wrapped.ts';

/** What a report is written with. */
interface ReportWorld {
  readonly terminal: Terminal;
  /** Redirects the warnings of Node.js, which otherwise go to stderr. */
  readonly nodeWarnings?: (listener: (message: string) => void) => void;
}

/** What a command writes to stderr. */
export interface Report {
  /** The terminal for the command. */
  readonly terminal: Terminal;
  /** Something the user should know although the command succeeds. */
  warn(message: string): void;
  /** A dim line: what a result is to be read with. One of the warnings with `--json`. */
  aside(message: string): void;
  /** For a command that runs until Ctrl-C: from now on nothing waits for its end. With `--json`, each warning is an object on a line. */
  warnAtOnce(): void;
  /** A line of `--debug`. */
  debug(line: string): void;
  /** Writes what is left to write once the command has succeeded or failed, and returns the exit code. */
  end(thrown?: { readonly error: unknown }): Promise<number>;
}

/** For people: writes everything when it happens. */
export function reportForPeople({ terminal }: Pick<ReportWorld, 'terminal'>): Report {
  const warned = new Set<string>();
  const once = (message: string, write: () => void) => {
    // A command may find the same problem twice.
    if (warned.has(message)) return;
    warned.add(message);
    write();
  };
  return {
    terminal,
    aside(message) {
      once(message, () => terminal.note(notePaint(terminal).dim(`${printable(message)}\n`)));
    },
    warn(message) {
      once(message, () => {
        const line = behind('warning: ', printable(redactTokens(message)), terminal.noteColumns);
        terminal.note(printableLines(line));
      });
    },
    warnAtOnce() {},
    debug: (line) => terminal.note(`debug: ${printable(line)}\n`),
    async end(thrown) {
      if (!thrown) return 0;
      const error = anonError(thrown.error);
      const { renderError } = await import('../render/error.ts');
      const exitCode = exitCodeOf(error.code);
      const { noteColumns: columns } = terminal;
      const palette = terminal.noteColour && (await import('../../io/terminal/palette.ts')).palette;
      terminal.note(renderError(error, { json: false, palette, columns, warnings: [], exitCode }));
      return exitCode;
    },
  };
}

/** Only the last lines of `--debug` are reported. */
const maxDebugLines = 1000;

/**
 * For machines: one JSON object at the end, or nothing, and before it one for each warning that must not wait. Notes such as progress are omitted, and questions are ruled out,
 * because both would end up on stderr.
 */
export function reportAsJson({ terminal, nodeWarnings }: ReportWorld): Report {
  let warnings: string[] = [];
  const warned = new Set<string>();
  const debug: string[] = [];
  let omitted = 0;
  let print: ((warnings: readonly string[]) => void) | undefined;
  const add = (message: string) => {
    if (warned.has(message)) return;
    warned.add(message);
    if (print) print([message]);
    else warnings.push(message);
  };
  nodeWarnings?.((message) => add(`Node.js: ${message}`));
  const fixed = (value: unknown) => ({ value, enumerable: true });
  const members = { note: () => {}, interactive: false, noteRewritable: false, noteColour: false };
  const silent = Object.fromEntries(Object.entries(members).map(([name, value]) => [name, fixed(value)]));
  const debugLines = () => (omitted > 0 ? [`${omitted} earlier lines omitted`, ...debug] : debug);
  return {
    // Inherits from the terminal, so that its getters run only when they are read.
    terminal: Object.create(terminal, silent),
    warn: (message) => add(redactTokens(message)),
    aside: add,
    warnAtOnce() {
      print = (some) => terminal.note(`${printableJson({ warnings: some })}\n`);
      if (warnings.length > 0) print(warnings);
      warnings = [];
    },
    debug(line) {
      debug.push(line);
      if (debug.length <= maxDebugLines) return;
      debug.shift();
      omitted += 1;
    },
    async end(thrown) {
      if (!thrown && warnings.length === 0 && debug.length === 0) return 0;
      const { renderAsides, renderError } = await import('../render/error.ts');
      const asides = { warnings, debug: debugLines() };
      if (!thrown) {
        terminal.note(renderAsides(asides));
        return 0;
      }
      const error = anonError(thrown.error);
      const exitCode = exitCodeOf(error.code);
      terminal.note(renderError(error, { ...asides, json: true, exitCode }));
      return exitCode;
    },
  };
}

/** The message of an unexpected error may contain secrets, so only its type is reported. */
function anonError(thrown: unknown): AnonError {
  if (isAnonError(thrown)) return thrown;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  const code = thrown instanceof Error && 'code' in thrown ? ` ${String(thrown.code)}` : '';
  return new AnonError('failed', `Unexpected error (${name}${code}).`, {
    hint: 'This is a bug in anon-cli. Please report it with the command you ran.',
    cause: thrown,
  });
}
