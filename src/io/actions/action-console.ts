import { AsyncLocalStorage } from 'node:async_hooks';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format } from 'node:util';
import type { ActionPrint } from '../../local/actions/runner.ts';

/** What one run may print; the service saves less. */
const mostCharacters = 16_384;

/** Where the lines of a run go. */
export interface Printer {
  readonly send: (line: ActionPrint) => void;
  left: number;
}

const printers = new AsyncLocalStorage<Printer>();

/** Runs `work` so that what it prints goes to `send`, whatever else runs in the meantime. */
export function printingTo<Result>(send: Printer['send'], work: () => Result): Result {
  return printers.run({ send, left: mostCharacters }, work);
}

/** Replaces the global console. Lines that are printed outside of a run are lost. */
export function captureConsole(): void {
  // For `table`, `dir`, `count` and others, which print through these streams.
  const others = new Console({ stdout: streamOf('log'), stderr: streamOf('error'), colorMode: false });
  for (const level of ['debug', 'log', 'info', 'warn', 'error'] as const) {
    others[level] = (...args: unknown[]) => print(level, format(...args));
  }
  globalThis.console = others;
}

function streamOf(level: ActionPrint['level']): Writable {
  return new Writable({
    decodeStrings: false,
    write(text, _encoding, done) {
      print(level, String(text).replace(/\n$/, ''));
      done();
    },
  });
}

function print(level: ActionPrint['level'], text: string): void {
  const printer = printers.getStore();
  if (!printer || printer.left <= 0) return;
  const isCut = text.length >= printer.left;
  printer.send({ level, text: isCut ? `${text.slice(0, printer.left)}… (cut off)` : text });
  // An empty line counts, too.
  printer.left -= text.length + 1;
}
