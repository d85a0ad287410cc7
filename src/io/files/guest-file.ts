import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { AnonError } from '../../errors.ts';
import { codeOf, reasonOf } from './files.ts';
import { type LineWriter, lineWriter } from './line-writer.ts';

/** A file of guests, open for writing. */
export interface GuestFile extends LineWriter {
  close(): void;
}

/** Creates a file for this user alone, because it will hold tokens. @throws {AnonError} `usage` where it exists */
export function newGuestFile(path: string, writers: number): GuestFile {
  try {
    return openGuestFile(path, openSync(path, 'wx', 0o600), writers);
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') {
      throw new AnonError('usage', `${path} already exists.`, {
        hint: `To continue it, pass --resume ${path}`,
        cause,
      });
    }
    throw new AnonError('usage', `${path} cannot be created: ${reasonOf(cause)}.`, { cause });
  }
}

/** Opens a file of guests to append after its first `endOffset` bytes; the rest is cut off. @throws {AnonError} `usage` */
export function resumedGuestFile(path: string, endOffset: number, writers: number): GuestFile {
  try {
    const descriptor = openSync(path, 'r+');
    ftruncateSync(descriptor, endOffset);
    closeSync(descriptor);
    return openGuestFile(path, openSync(path, 'a'), writers);
  } catch (cause) {
    throw new AnonError('usage', `${path} cannot be written: ${reasonOf(cause)}.`, { cause });
  }
}

function openGuestFile(path: string, descriptor: number, writers: number): GuestFile {
  const lines = lineWriter(descriptor, writers);
  return {
    async write(text) {
      try {
        return await lines.write(text);
      } catch (cause) {
        throw new AnonError('failed', `${path} cannot be written: ${reasonOf(cause)}.`, { cause });
      }
    },
    close: () => closeSync(descriptor),
  };
}
