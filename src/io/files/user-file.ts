import { closeSync, constants, openSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { AnonError, isAnonError } from '../../errors.ts';
import { kindOf } from './descriptor.ts';
import { reasonOf } from './files.ts';
import { textOf } from './text.ts';
import { readWhole } from './whole-input.ts';

/** The text of a file that the user named. @throws {AnonError} `usage` */
export async function readUserFile(path: string): Promise<string> {
  return textOf(await readUserBytes(path), path);
}

/** The bytes of one, or of a pipe or a device: at most 16 MB. @throws {AnonError} `usage` */
export async function readUserBytes(path: string): Promise<Buffer> {
  // Where stdin is a socket these cannot be opened.
  if (/^\/(dev\/stdin|(dev|proc\/self)\/fd\/0)$/.test(path)) return (await import('./stdin.ts')).readStdin();
  try {
    return await readWhole(path);
  } catch (cause) {
    if (isAnonError(cause)) throw cause;
    throw new AnonError('usage', `${path || "''"} cannot be read: ${reasonOf(cause)}.`, { cause });
  }
}

/** Whether somebody at a terminal would have to type what is read from there: `/dev/stdin`, `/dev/tty`. */
export function isTerminalFile(path: string): boolean {
  try {
    if (!statSync(path).isCharacterDevice()) return false;
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      return kindOf(descriptor) === 'terminal';
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

/** Writes a file that was not there, for the user alone. @throws {AnonError} `usage` */
export async function writeNewUserFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    throw new AnonError('usage', `${path} cannot be written: ${reasonOf(cause)}.`, { cause });
  }
}
