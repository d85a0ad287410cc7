import { readFile } from 'node:fs/promises';
import { AnonError } from '../errors.ts';
import { codeOf } from './files.ts';

/** The text of a file that the user named. @throws {AnonError} `usage` */
export async function readUserFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = codeOf(cause) === 'ENOENT' ? 'there is no such file' : codeOf(cause);
    throw new AnonError('usage', `${path} cannot be read: ${reason}.`, { cause });
  }
}
