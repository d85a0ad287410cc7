import { readFile, writeFile } from 'node:fs/promises';
import { AnonError } from '../errors.ts';
import { reasonOf } from './files.ts';

/**
 * The text of a file that the user named: UTF-8, or UTF-16 that says so at its beginning, as what PowerShell's `>` writes
 * does.
 * @throws {AnonError} `usage`
 */
export async function readUserFile(path: string): Promise<string> {
  const bytes = await readUserBytes(path);
  const utf16 = marks.find(({ mark }) => bytes.subarray(0, 2).equals(mark));
  return utf16 ? new TextDecoder(utf16.encoding).decode(bytes) : bytes.toString('utf8').replace(/^\ufeff/, '');
}

const marks = [
  { mark: Buffer.from([0xff, 0xfe]), encoding: 'utf-16le' },
  { mark: Buffer.from([0xfe, 0xff]), encoding: 'utf-16be' },
];

/** The bytes of one. @throws {AnonError} `usage` */
export async function readUserBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new AnonError('usage', `${path || "''"} cannot be read: ${reasonOf(cause)}.`, { cause });
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
