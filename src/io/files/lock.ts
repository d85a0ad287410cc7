import { createHash } from 'node:crypto';
import { closeSync, openSync, realpathSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Database from 'libsql';
import { AnonError, isAnonError } from '../../errors.ts';
import { codeOf, fileFailure, privateFolder } from './files.ts';

/** Longer than any exchange with a tenant, rate limits included. */
const longestWaitMs = 180_000;
const pauseMs = 15;

/**
 * Runs `work` while no other process of this user runs its own under the same `path`.
 *
 * The lock is SQLite's write lock on an empty database. The system frees it however its holder dies, so there are no stale
 * locks. It is polled rather than waited for inside SQLite, so that Ctrl-C works.
 * @throws {AnonError} `state_unusable` where it can't be taken
 */
export async function withLock<Result>(
  path: string,
  { wait, now }: { wait: (ms: number) => Promise<void>; now: () => number },
  work: () => Promise<Result>,
): Promise<Result> {
  const until = now() + longestWaitMs;
  for (;;) {
    const lock = openLock(path);
    try {
      while (!tryLock(lock) && isCurrent(lock)) {
        if (now() > until) {
          throw new AnonError('state_unusable', 'Another anon-cli process has been busy for too long.', {
            hint: 'Stop it, then try again.',
          });
        }
        await wait(pauseMs * (1 + Math.random()));
      }
      try {
        // The last holder may have removed the file; others then wait for a new one at the same path.
        if (isCurrent(lock)) return await work();
      } finally {
        // Closing alone frees the lock only after the connection's statements are garbage collected.
        if (lock.database.inTransaction) lock.database.exec('ROLLBACK');
      }
    } finally {
      lock.database.close();
    }
  }
}

export interface Lock {
  readonly path: string;
  readonly database: Database.Database;
  /** The inode, which tells this file from a later one at the same path. */
  readonly file: number | undefined;
}

export function openLock(path: string): Lock {
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    const hint = codeOf(error) === 'EISDIR' ? 'Remove or rename that folder, then try again.' : undefined;
    throw fileFailure(path, 'cannot be written', error, hint);
  }
  const file = fileAt(path);
  const database = new Database(path, { timeout: 0 });
  try {
    database.prepare('PRAGMA schema_version').get();
    return { path, database, file };
  } catch (error) {
    database.close();
    const isOurs = codeOf(error) !== 'SQLITE_NOTADB';
    if (isOurs && fileAt(path) === file) throw fileFailure(path, 'cannot be locked', error);
    // A lock file never holds data, so anything but a database can go.
    if (!isOurs) unlinkSync(path);
    return openLock(path);
  }
}

/** A lock that a process holds for as long as it runs. */
export interface HeldLock {
  release(): void;
}

/** Takes a lock that nobody else has; the system frees it however this process ends. @throws {AnonError} `state_unusable` */
export function holdLock(path: string): HeldLock {
  const { database } = openLock(path);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    release() {
      if (!database.open) return;
      database.exec('ROLLBACK');
      database.close();
    },
  };
}

/** As {@link holdLock}; undefined where another process has it, or looks at it now. */
export function holdIfFree(path: string): HeldLock | undefined {
  try {
    return holdLock(path);
  } catch (error) {
    const { cause = error } = error as Error;
    if (codeOf(cause).startsWith('SQLITE_BUSY')) return undefined;
    throw error;
  }
}

/** Whether a process holds the lock at `path`. Creates no file. @throws {AnonError} `state_unusable` */
export function isHeld(path: string): boolean {
  const file = fileAt(path);
  if (file === undefined) return false;
  const database = new Database(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    database.exec('ROLLBACK');
    return false;
  } catch (error) {
    if (codeOf(error).startsWith('SQLITE_BUSY')) return true;
    // Its holder removes it in the end.
    if (fileAt(path) !== file) return false;
    throw fileFailure(path, 'cannot be locked', error);
  } finally {
    database.close();
  }
}

function fileAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** Whether the file is still the one that was opened. */
export function isCurrent({ path, file }: Lock): boolean {
  return fileAt(path) === file;
}

function tryLock(lock: Lock): boolean {
  try {
    lock.database.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    // SQLite reports an error too when the file was removed.
    if (codeOf(error).startsWith('SQLITE_BUSY') || !isCurrent(lock)) return false;
    throw fileFailure(lock.path, 'cannot be locked', error);
  }
}

/**
 * Runs `work` while no other process of this user does so for `file`. Doesn't wait for another process, which may take
 * hours. The lock is in `folder`, because the file itself is the user's.
 * @throws {AnonError} `usage` while another process writes the file
 */
export async function withFileLock<Result>(
  folder: string,
  file: string,
  now: () => number,
  work: () => Promise<Result>,
): Promise<Result> {
  privateFolder(folder);
  const name = createHash('sha256').update(canonicalPath(file)).digest('hex').slice(0, 32);
  const wait = async () => {
    throw new AnonError('usage', `Another anon-cli process is writing ${file}.`, {
      hint: 'Wait for it to finish, or stop it.',
    });
  };
  return withLock(join(folder, `${name}.lock`), { now, wait }, work);
}

/** One path for a file, also where symbolic links lead to its folder. */
function canonicalPath(file: string): string {
  try {
    return join(realpathSync(dirname(file)), basename(file));
  } catch {
    return resolve(file);
  }
}

interface Ports {
  /** Where lock files are. */
  readonly folder: string;
  readonly clock: { wait: (ms: number) => Promise<void>; now: () => number };
  /** Called where no lock can be created. */
  readonly warn: (message: string) => void;
}

/**
 * Runs `work` while no other process of this user changes settings of the same `tenant`, so that what it read is still true
 * when it writes. Runs without a lock, with a warning, where none can be created, as on a read-only disk.
 * @throws {AnonError} `state_unusable` where another process holds the lock for too long
 */
export async function withTenantLock<Result>(
  { folder, clock, warn }: Ports,
  tenant: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const name = createHash('sha256').update(tenant).digest('hex').slice(0, 32);
  let begun = false;
  try {
    privateFolder(folder);
    return await withLock(join(folder, `tenant-${name}.lock`), clock, () => {
      begun = true;
      return work();
    });
  } catch (error) {
    // The error for a lock that another process holds has no cause.
    if (begun || !isAnonError(error) || error.code !== 'state_unusable' || error.cause === undefined) throw error;
    warn(`Another anon-cli process may change this tenant at the same time: ${error.message}`);
  }
  return work();
}
