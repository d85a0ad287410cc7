import { type ChildProcess, spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { onTestFinished } from 'vitest';
import { bin, environment } from './bin.ts';

export const keys = { enter: '\r', space: ' ', down: '\u001b[B', up: '\u001b[A', interrupt: '\u0003' } as const;

/** A person at a terminal with the running program. */
export interface Typist {
  /** Resolves when the output since the last keys contains `text`. */
  sees(text: string): Promise<void>;
  types(...texts: string[]): void;
  /** The exit code, once the program has ended. */
  readonly ended: Promise<number | null>;
  /** The whole output, without colours and cursor movements. */
  readonly shown: string;
  /** The whole output with colours and cursor movements. */
  readonly raw: string;
}

/** Runs the program in a new terminal from script(1). */
export function atTerminal(home: string, ...args: string[]): Typist {
  return atTerminalOf(100, home, args);
}

/** Like `atTerminal`, with `columns` columns and the variables in `more`. */
export function atTerminalOf(
  columns: number,
  home: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Typist {
  const line = [process.execPath, bin, ...args].map((word) => `'${word}'`).join(' ');
  // In place of the shell, which Ctrl-C would end before the program.
  const child: ChildProcess = spawn('script', ['-qec', `stty cols ${columns} rows 40; exec ${line}`, '/dev/null'], {
    env: environment(home, { TERM: 'xterm', ...more }),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let raw = '';
  let shown = '';
  let from = 0;
  let look = () => {};
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    // Searches the whole output, because a sequence may arrive in two pieces.
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
