import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileFailure, namesIn } from './files.ts';
import { holdLock, isHeld } from './lock.ts';

const prefix = 'anon-cli-run-';
const lockName = 'lock';

export interface TemporaryFile {
  readonly path: string;
  /** Removes the file and its folder. */
  remove(): void;
}

/**
 * A file in a folder of its own that only this user can read, until `remove`. Where the process was killed before that, the next one
 * removes it.
 * @throws {AnonError} `state_unusable`
 */
export function temporaryFile(name: string, text: string): TemporaryFile {
  removeAbandoned();
  const folder = newFolder();
  const lock = holdLock(join(folder, lockName));
  const path = join(folder, name);
  const remove = () => {
    lock.release();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    writeFileSync(path, text, { mode: 0o600 });
    return { path, remove };
  } catch (error) {
    remove();
    throw fileFailure(path, 'cannot be written', error);
  }
}

function newFolder(): string {
  const start = join(tmpdir(), prefix);
  try {
    return mkdtempSync(start);
  } catch (error) {
    throw fileFailure(`${start}XXXXXX`, 'cannot be created', error);
  }
}

function removeAbandoned(): void {
  for (const name of namesIn(tmpdir()).filter((each) => each.startsWith(prefix))) {
    try {
      const folder = join(tmpdir(), name);
      if (isOurs(folder) && isAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another process removes it at the same time, or may do so later.
    }
  }
}

/** Others could lead this process to their files. */
function isOurs(folder: string): boolean {
  const status = lstatSync(folder);
  return status.isDirectory() && (process.getuid === undefined || status.uid === process.getuid());
}

/** Whether the process that made it has ended. A folder that is being made has only its lock yet. */
function isAbandoned(folder: string): boolean {
  const names = readdirSync(folder);
  return names.includes(lockName) && names.length > 1 && !isHeld(join(folder, lockName));
}
