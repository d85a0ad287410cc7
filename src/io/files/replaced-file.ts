import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { codeOf, removeUnfinished } from './files.ts';

/** What other programs on Windows do to a file for a moment: they look into it. */
const momentary = ['EPERM', 'EACCES', 'EBUSY'];

/**
 * Writes the whole file, for its owner alone, by putting another in its place: a process that is killed, or that finds the disk
 * full, leaves the old one or the new one. A link stays one, and what it leads to is replaced.
 * @throws the system's own error, or {AnonError} `state_unusable`
 */
export function replaceFile(path: string, text: string): void {
  const target = realPath(path);
  removeUnfinished(target);
  for (let attempt = 1; ; attempt += 1) {
    try {
      replace(target, text);
      return;
    } catch (error) {
      // Where process ids mean something else, in a container beside, another has taken this one for killed.
      const again = codeOf(error) === 'ENOENT' || (process.platform === 'win32' && momentary.includes(codeOf(error)));
      if (!again || attempt === 10) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10 * attempt);
    }
  }
}

function replace(target: string, text: string): void {
  const draft = `${target}.tmp-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    const descriptor = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    keepOwner(target, draft);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Who is root and writes another user's file leaves it that user's. */
function keepOwner(target: string, draft: string): void {
  const before = statSync(target, { throwIfNoEntry: false });
  if (!before || process.getuid?.() !== 0 || (before.uid === 0 && before.gid === 0)) return;
  chownSync(draft, before.uid, before.gid);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return path;
    throw error;
  }
}
