import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { AnonError } from '../../errors.ts';
import type { Env } from '../env.ts';
import { codeOf, reasonOf } from '../files/files.ts';
import { endWith } from './end-watch.ts';

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
  if (codeOf(cause) === 'ENOENT') return new AnonError('command_not_found', `Command not found: ${name}`, { cause });
  return new AnonError('command_not_runnable', `${name} cannot be run: ${reasonOf(cause)}.`, { cause });
}
