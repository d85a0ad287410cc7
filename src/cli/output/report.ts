import { redactTokens } from '../../domain/exchange/redact.ts';
import { AnonError, isAnonError } from '../../errors.ts';
import type { Terminal } from '../../io/terminal/terminal.ts';
import { exitCodeOf } from '../exit-code.ts';
import { printable, printableLines } from '../render/printable.ts';
import { behind } from '../render/wrapped.ts';

/** Where a command line is heard of. */
interface Speaker {
  readonly terminal: Terminal;
  /** Has a function called with what Node.js warns of, which else goes to stderr. */
  readonly nodeWarnings?: (heard: (message: string) => void) => void;
}

/** What stands on stderr, of one command line. */
export interface Report {
  /** The terminal that the command gets. */
  readonly terminal: Terminal;
  /** Something the user should know, although the command does what it was asked. */
  warn(message: string): void;
  /** A line of `--debug`. */
  debug(line: string): void;
  /** The command is done, or failed: says what is still to be said, and gives the exit code. */
  end(thrown?: { readonly error: unknown }): Promise<number>;
}

/** For people: each thing when it happens. */
export function reportForPeople({ terminal }: Pick<Speaker, 'terminal'>): Report {
  const told = new Set<string>();
  return {
    terminal,
    warn(message) {
      // What is looked at twice is warned of once.
      if (told.has(message)) return;
      told.add(message);
      const line = behind('warning: ', printable(redactTokens(message)), terminal.noteColumns);
      terminal.note(printableLines(line));
    },
    debug: (line) => terminal.note(`debug: ${printable(line)}\n`),
    async end(thrown) {
      if (!thrown) return 0;
      const error = anonError(thrown.error);
      const { renderError } = await import('../render/error.ts');
      const exitCode = exitCodeOf(error.code);
      const { noteColour: colour, noteColumns: columns } = terminal;
      terminal.note(renderError(error, { json: false, colour, columns, warnings: [], exitCode }));
      return exitCode;
    },
  };
}

/** So many lines of `--debug` are held; of more the last ones count. */
const mostDebugLines = 1000;

/**
 * For machines: one JSON object in the end, or nothing. What else a command would note, such as progress, is left out, and
 * nobody is asked: a question would stand there too.
 */
export function reportAsJson({ terminal, nodeWarnings }: Speaker): Report {
  const warnings: string[] = [];
  const debug: string[] = [];
  let left = 0;
  nodeWarnings?.((message) => warnings.push(`Node.js: ${message}`));
  const fixed = (value: unknown) => ({ value, enumerable: true });
  const members = { note: () => {}, interactive: false, noteRewritable: false, noteColour: false };
  const silent = Object.fromEntries(Object.entries(members).map(([name, value]) => [name, fixed(value)]));
  const debugLines = () => (left > 0 ? [`${left} earlier lines are left out`, ...debug] : debug);
  return {
    // What its members are is found out when they are asked for.
    terminal: Object.create(terminal, silent),
    warn(message) {
      const text = redactTokens(message);
      if (!warnings.includes(text)) warnings.push(text);
    },
    debug(line) {
      debug.push(line);
      if (debug.length <= mostDebugLines) return;
      debug.shift();
      left += 1;
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
      terminal.note(renderError(error, { ...asides, json: true, colour: false, exitCode }));
      return exitCode;
    },
  };
}

/** Something this program did not foresee may hold anything, so only its kind is reported. */
function anonError(thrown: unknown): AnonError {
  if (isAnonError(thrown)) return thrown;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  const code = thrown instanceof Error && 'code' in thrown ? ` ${String(thrown.code)}` : '';
  return new AnonError('failed', `Something unexpected went wrong (${name}${code}).`, {
    hint: 'This is a defect of anon-cli; please report it with the command you ran.',
    cause: thrown,
  });
}
