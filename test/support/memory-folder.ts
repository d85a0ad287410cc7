import { accessSync, chmodSync, constants, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file system in memory that every Linux has. */
const memory = '/dev/shm';
const neededBytes = 2 ** 30;

/**
 * Puts the temporary files of all tests into memory where possible: on a disk, many tests mostly wait until it has
 * written. TMPDIR names another folder.
 */
export function setup(): (() => void) | undefined {
  if (process.env.TMPDIR || !hasRoom()) return undefined;
  const folder = mkdtempSync(join(memory, 'anon-'));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  if (!runsPrograms(folder)) {
    remove();
    return undefined;
  }
  // Some tests run the program and PostgreSQL as another user.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  // After Ctrl-C nothing is torn down.
  process.once('exit', remove);
  return remove;
}

/** Containers usually have 64 MB. */
function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= neededBytes;
  } catch {
    return false;
  }
}

/** Some systems refuse to run a file in memory. */
function runsPrograms(folder: string): boolean {
  const path = join(folder, 'program');
  writeFileSync(path, '', { mode: 0o700 });
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(path);
  }
}
