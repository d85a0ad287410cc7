import {
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync as writeAll,
} from 'node:fs';
import { codeOf, removeUnfinished } from './files.ts';

/** Codes that Windows reports for a moment while another program, such as a virus scanner, has the file open. */
const momentary = ['EPERM', 'EACCES', 'EBUSY'];

/**
 * Replaces the whole file: a process that is killed, or that finds the disk full, leaves the old content or the new. A
 * symbolic link stays one; its target is replaced.
 *
 * The build gives this to conf in place of its own writer, atomically, which
 * - renames a file into place although the disk took only part of it,
 * - ends the process on the first Ctrl-C, whatever else listens,
 * - retries without a pause for a second where it lacks permission, and
 * - names its drafts so that nobody can tell a killed process's from one being written: a secret would stay behind.
 * @throws the system's own error, or {AnonError} `state_unusable`
 */
export function writeFileSync(path: string, content: string | Uint8Array, { mode }: { mode: number }): void {
  const target = realPath(path);
  removeUnfinished(target);
  for (let attempt = 1; ; attempt += 1) {
    try {
      replace(target, content, mode);
      return;
    } catch (error) {
      // ENOENT: process ids mean nothing to a process in another container, which may have removed our draft as abandoned.
      const again = codeOf(error) === 'ENOENT' || (process.platform === 'win32' && momentary.includes(codeOf(error)));
      if (!again || attempt === 10) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10 * attempt);
    }
  }
}

function replace(target: string, content: string | Uint8Array, mode: number): void {
  // Processes in two containers may have the same id. It is a name, not a secret: nothing else needs node:crypto to save a file.
  const draft = `${target}.tmp-${process.pid}-${Math.random().toString(36).slice(2, 10)}`;
  try {
    const descriptor = openSync(draft, 'wx', mode);
    try {
      writeAll(descriptor, content);
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

/** When root writes another user's file, it stays that user's. */
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
