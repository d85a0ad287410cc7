import { closeSync, openSync, statSync, unlinkSync } from 'node:fs';
import Database from 'libsql';
import { AnonError } from '../../errors.ts';
import { codeOf, fileFailure } from './files.ts';

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
    throw fileFailure(path, 'cannot be written', error);
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
