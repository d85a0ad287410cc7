import { appendFileSync } from 'node:fs';
import { AnonError } from '../../errors.ts';
import { reasonOf } from './files.ts';

/** Adds to the end of a file that the environment names; where it is not there yet, it is this user's alone. @throws {AnonError} `failed` */
export function appendToFile(path: string, text: string): void {
  try {
    appendFileSync(path, text, { mode: 0o600 });
  } catch (cause) {
    throw new AnonError('failed', `${path} cannot be written: ${reasonOf(cause)}.`, { cause });
  }
}
