import { createHash } from 'node:crypto';
import { closeSync, openSync, realpathSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Database from 'libsql';
import { AnonError, isAnonError } from '../../errors.ts';
import { codeOf, fileFailure, privateFolder } from './files.ts';

/** Longer than any exchange with a tenant takes, rate limits included. */
const patienceMs = 180_000;
const pauseMs = 15;

/**
 * Runs `work` while no other process of this user runs its own under the same `path`.
 *
 * The lock is SQLite's write lock on an empty database. The system frees it when its holder dies, however
 * it dies, so there is no stale lock to find and no age to guess. It is asked for again and again rather
 * than waited for inside SQLite, so that Ctrl-C is heard meanwhile.
 * @throws {AnonError} `state_unusable` when it cannot be had
 */
export async function withLock<Result>(
  path: string,
  { wait, now }: { wait: (ms: number) => Promise<void>; now: () => number },
  work: () => Promise<Result>,
): Promise<Result> {
  const until = now() + patienceMs;
  for (;;) {
    const lock = openLock(path);
    try {
      while (!taken(lock) && isThere(lock)) {
        if (now() > until) {
          throw new AnonError('state_unusable', 'Another anon-cli process has been busy for too long.', {
            hint: 'Stop it, then try again.',
          });
        }
        await wait(pauseMs * (1 + Math.random()));
      }
      try {
        // Who held it may have removed it, as the last thing it did: others wait at a new one by now.
        if (isThere(lock)) return await work();
      } finally {
        // Closing alone frees the lock only once the connection's statements are collected as garbage.
        if (lock.database.inTransaction) lock.database.exec('ROLLBACK');
      }
    } finally {
      lock.database.close();
    }
  }
}

interface Lock {
  readonly path: string;
  readonly database: Database.Database;
  /** Tells this file from another that has its path. */
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
    // Nothing is ever kept in this file, so one that is not a database is only in the way.
    if (!isOurs) unlinkSync(path);
    return openLock(path);
  }
}

function fileAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function isThere({ path, file }: Lock): boolean {
  return fileAt(path) === file;
}

function taken(lock: Lock): boolean {
  try {
    lock.database.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    // SQLite notices too that the file was removed.
    if (codeOf(error).startsWith('SQLITE_BUSY') || !isThere(lock)) return false;
    throw fileFailure(lock.path, 'cannot be locked', error);
  }
}

/**
 * Runs `work` while no other process of this user does the same for `file`. Nobody waits: it may take hours. The lock
 * is in `folder`, since the file itself is the user's.
 * @throws {AnonError} `usage` when another process does
 */
export async function withFileLock<Result>(
  folder: string,
  file: string,
  now: () => number,
  work: () => Promise<Result>,
): Promise<Result> {
  privateFolder(folder);
  const name = createHash('sha256').update(whole(file)).digest('hex').slice(0, 32);
  const wait = async () => {
    throw new AnonError('usage', `Another anon-cli process is writing ${file}.`, { hint: 'Let it end, or stop it.' });
  };
  return withLock(join(folder, `${name}.lock`), { now, wait }, work);
}

/** The same whichever way one goes there. */
function whole(file: string): string {
  try {
    return join(realpathSync(dirname(file)), basename(file));
  } catch {
    return resolve(file);
  }
}

interface Ports {
  /** Where the locks are. */
  readonly folder: string;
  readonly clock: { wait: (ms: number) => Promise<void>; now: () => number };
  /** Told where no lock can be had. */
  readonly warn: (message: string) => void;
}

/**
 * Runs `work` while no other process of this user changes settings of the same `tenant`: what one looks at is still so
 * when it writes. Where no lock can be made, on a disk that takes no files, it runs all the same.
 * @throws {AnonError} `state_unusable` when others keep the lock for too long
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
    // One that others hold has no cause.
    if (begun || !isAnonError(error) || error.code !== 'state_unusable' || error.cause === undefined) throw error;
    warn(`Another anon-cli may change the same tenant at the same time: ${error.message}`);
  }
  return work();
}
