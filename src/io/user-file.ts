import { readFile } from 'node:fs/promises';
import { AnonError } from '../errors.ts';
import { reasonOf } from './files.ts';

/** The text of a file that the user named. @throws {AnonError} `usage` */
export async function readUserFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AnonError('usage', `${path} cannot be read: ${reasonOf(cause)}.`, { cause });
  }
}
