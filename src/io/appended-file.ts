import { appendFileSync } from 'node:fs';
import { AnonError } from '../errors.ts';
import { reasonOf } from './files.ts';

/** Adds to the end of a file that the environment names. @throws {AnonError} `failed` */
export function appendToFile(path: string, text: string): void {
  try {
    appendFileSync(path, text);
  } catch (cause) {
    throw new AnonError('failed', `${path} cannot be written: ${reasonOf(cause)}.`, { cause });
  }
}
