import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { AnonError } from '../../errors.ts';
import type { Env } from '../env.ts';
import { codeOf, reasonOf } from '../files/files.ts';

/** Signals that ask a command to end; a terminal sends the first two to all of its programs. */
const fromTerminal = ['SIGINT', 'SIGQUIT'] as const;
const fromElsewhere = ['SIGTERM', 'SIGHUP'] as const;

export interface Running {
  readonly env: Env;
  /** A terminal sends Ctrl-C to the command, too. */
  readonly onTerminal: boolean;
  /** Called once the command runs. */
  readonly started: () => void;
}

/**
 * Runs a command without a shell on this process's stdin, stdout and stderr, and passes signals on to it. Returns its exit code, as a
 * shell would: 128 and the number of the signal that ended it. Where this process is killed, the command gets a SIGTERM.
 * @throws {AnonError} `command_not_found`, `command_not_runnable`
 */
export async function runCommand([program = '', ...args]: readonly string[], running: Running): Promise<number> {
  const { env, onTerminal } = running;
  const child = started(program, args, env);
  const unwatch = child.pid === undefined ? undefined : endWith(child.pid);
  if (child.pid !== undefined) running.started();
  const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
  // Two of them would end some programs at once, before they have cleaned up.
  const wait = () => {};
  for (const signal of fromTerminal) process.on(signal, onTerminal ? wait : passOn);
  for (const signal of fromElsewhere) process.on(signal, passOn);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)));
    });
  } catch (error) {
    throw notRun(program, error);
  } finally {
    await unwatch?.();
    for (const signal of [...fromTerminal, ...fromElsewhere]) process.off(signal, passOn).off(signal, wait);
  }
}

function started(program: string, args: readonly string[], env: Env): ChildProcess {
  try {
    return spawn(program, args, { env, stdio: 'inherit' });
  } catch (error) {
    throw notRun(program, error);
  }
}

function notRun(program: string, cause: unknown): AnonError {
  const name = program.slice(0, 100);
  const code = codeOf(cause);
  // The system says the same of a command and of what its file needs to run.
  const isFile = /[/\\]/.test(program) && existsSync(program);
  const hint = process.platform === 'win32' ? windowsHint : undefined;
  if (code === 'ENOENT' && !isFile) {
    return new AnonError('command_not_found', `Command not found: ${name}`, { hint, cause });
  }
  const reason = isFile && statSync(program).isDirectory() ? 'it is a folder' : (reasons[code] ?? reasonOf(cause));
  return new AnonError('command_not_runnable', `${name} cannot be run: ${reason}.`, { hint, cause });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'the interpreter that its first line names does not exist',
  ENOEXEC: 'it is not a program for this machine',
  E2BIG: 'its arguments and variables are too long',
};

const windowsHint = 'npm and npx are scripts on Windows, which cmd runs: anon-cli local exec -- cmd /c npm test';

/**
 * Waits for a line. Where the pipe ends without one, whoever held its other end was killed: then the process that is named gets a
 * SIGTERM, and after it those that it started; the other way round, a shell would start its next command. Containers often lack
 * programs that list processes, so on Linux the shell reads them itself: the parent's number is the second word after the name in
 * parentheses.
 */
const script = `
read -r line && exit
below() {
  if [ ! -r /proc/self/stat ]; then pgrep -P "$1"; return; fi
  for file in /proc/[0-9]*/stat; do
    read -r line < "$file" || continue
    set -- "$1" \${line##*) }
    [ "$3" = "$1" ] || continue
    file=\${file#/proc/}
    echo "\${file%/stat}"
  done
}
end() {
  children=$(below "$1")
  kill -TERM "$1"
  for child in $children; do end "$child"; done
}
end "$1" 2> /dev/null`;

/**
 * Makes a process end with this one, however this one ends: of a kill -9, only the system can tell somebody else. On Windows,
 * and where there is no shell, nobody watches. Returns what ends the watch.
 */
function endWith(pid: number): () => Promise<void> {
  if (process.platform === 'win32') return async () => {};
  // In a session of its own: a signal for all processes of a terminal is not for it.
  const watch = spawn('/bin/sh', ['-c', script, 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const ended = once(watch, 'exit').catch(() => {});
  watch.stdin.on('error', () => {});
  return async () => {
    watch.stdin.end('\n');
    await ended;
  };
}
