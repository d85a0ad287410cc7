import { type ChildProcess, spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { onTestFinished } from 'vitest';
import { bin, environment } from './bin.ts';

export const keys = { enter: '\r', space: ' ', down: '\u001b[B', up: '\u001b[A', interrupt: '\u0003' } as const;

/** A person at a terminal in which the program runs. */
export interface Typist {
  /** Resolves when what came since the last keys shows `text`. */
  sees(text: string): Promise<void>;
  types(...texts: string[]): void;
  /** The exit code, once the program has ended. */
  readonly ended: Promise<number | null>;
  /** Everything that was shown, without its colours and movements. */
  readonly shown: string;
  /** The same with them. */
  readonly raw: string;
}

/** Runs the program with a terminal of its own, which script(1) makes. */
export function atTerminal(home: string, ...args: string[]): Typist {
  return atTerminalOf(100, home, args);
}

/** The same at a terminal of so many columns, in an environment with `more` in it. */
export function atTerminalOf(
  columns: number,
  home: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Typist {
  const line = [process.execPath, bin, ...args].map((word) => `'${word}'`).join(' ');
  const child: ChildProcess = spawn('script', ['-qec', `stty cols ${columns} rows 40; ${line}`, '/dev/null'], {
    env: environment(home, { TERM: 'xterm', ...more }),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let raw = '';
  let shown = '';
  let from = 0;
  let look = () => {};
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    // The whole of it: a sequence may come in two pieces.
    raw += text;
    shown = stripVTControlCharacters(raw);
    look();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    ended,
    get shown() {
      return shown;
    },
    get raw() {
      return raw;
    },
    types(...texts) {
      from = shown.length;
      child.stdin?.write(texts.join(''));
    },
    sees: (text) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (shown.includes(text, from)) resolve();
        };
        look();
        void ended.then((code) => reject(new Error(`it ended with ${code} before it showed '${text}': ${shown}`)));
      }),
  };
}
