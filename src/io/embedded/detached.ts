import { spawn } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileFailure, privateFolder } from '../files/files.ts';

/** The option that makes a server report to the command that started it. */
const reporting = '--detached';

/** The log of a server is emptied beyond this. */
const longestLogBytes = 5_000_000;

/**
 * Runs the command line of this process once more, in the background: in a session of its own, with its output in the file `log`.
 * Returns what it reports first, with {@link reportToStarter}; undefined where it ended before that. Aborted before that, it ends.
 * @throws {AnonError} `state_unusable` where the log cannot be written
 */
export async function startDetached(log: string, signal: AbortSignal): Promise<unknown> {
  const output = openLog(log);
  const [program = '', ...line] = process.argv.slice(1);
  const child = spawn(process.execPath, [...process.execArgv, program, ...inBackground(line)], {
    stdio: ['ignore', output, output, 'ipc'],
    detached: true,
  });
  closeSync(output);
  const end = () => void child.kill();
  signal.addEventListener('abort', end, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('message', resolve);
      child.once('exit', () => resolve(undefined));
    });
  } finally {
    signal.removeEventListener('abort', end);
    if (child.connected) child.disconnect();
    child.unref();
  }
}

/** It prints nothing itself, and its log is for people. */
function inBackground(line: readonly string[]): string[] {
  return line.flatMap((word, index) => {
    if (word === '--detach') return [reporting];
    return word === '--json' || /^--format($|=)/.test(word) || line[index - 1] === '--format' ? [] : [word];
  });
}

/** Tells something to the command that started this process, after which that command ends. */
export function reportToStarter(report: object): void {
  if (!process.send) return;
  process.send(report, () => {
    if (process.connected) process.disconnect();
  });
}

/** Empties the log of this process if it is long. */
export function shortenLog(): void {
  const status = fstatSync(2);
  if (status.isFile() && status.size > longestLogBytes) ftruncateSync(2);
}

function openLog(path: string): number {
  privateFolder(dirname(path));
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw fileFailure(path, 'cannot be written', error);
  }
}
