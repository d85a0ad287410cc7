import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { AnonError } from '../../errors.ts';
import { codeOf, reasonOf } from './files.ts';
import { type LineWriter, lineWriter } from './line-writer.ts';

/** A file of guests that is open for writing. */
export interface GuestFile extends LineWriter {
  close(): void;
}

/** Makes a file that only this user may read: what goes into it are tokens. @throws {AnonError} `usage` when there is one */
export function newGuestFile(path: string): GuestFile {
  try {
    return writing(path, openSync(path, 'wx', 0o600));
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') {
      throw new AnonError('usage', `${path} is there already, and is not written over.`, {
        hint: `To go on where it ends: --resume ${path}`,
        cause,
      });
    }
    throw new AnonError('usage', `${path} cannot be made: ${reasonOf(cause)}.`, { cause });
  }
}

/** Opens such a file to go on after its first `endOffset` bytes; what stands behind is cut off. @throws {AnonError} `usage` */
export function resumedGuestFile(path: string, endOffset: number): GuestFile {
  try {
    const descriptor = openSync(path, 'r+');
    ftruncateSync(descriptor, endOffset);
    closeSync(descriptor);
    return writing(path, openSync(path, 'a'));
  } catch (cause) {
    throw new AnonError('usage', `${path} cannot be written: ${reasonOf(cause)}.`, { cause });
  }
}

function writing(path: string, descriptor: number): GuestFile {
  const lines = lineWriter(descriptor);
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
