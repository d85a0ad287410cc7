import { closeSync, openSync, unlinkSync } from 'node:fs';
import Database from 'libsql';
import { AnonError } from '../errors.ts';
import { codeOf } from './files.ts';

/** Longer than any exchange with a tenant takes, rate limits included. */
const patienceMs = 180_000;
const pauseMs = 15;

/**
 * Runs `work` while no other process of this user runs its own under the same `path`.
 *
 * The lock is SQLite's write lock on an empty database. The system frees it when its holder dies, however
 * it dies, so there is no stale lock to find and no age to guess. It is asked for again and again rather
 * than waited for inside SQLite, so that Ctrl-C is heard meanwhile.
 */
export async function withLock<Result>(
  path: string,
  { wait, now }: { wait: (ms: number) => Promise<void>; now: () => number },
  work: () => Promise<Result>,
): Promise<Result> {
  const database = openLock(path);
  try {
    const until = now() + patienceMs;
    while (!taken(database)) {
      if (now() > until) {
        throw new AnonError('state_unusable', 'Another anon-cli process has been busy for too long.', {
          hint: 'Stop it, then try again.',
        });
      }
      await wait(pauseMs * (1 + Math.random()));
    }
    try {
      return await work();
    } finally {
      // Closing alone frees the lock only once the connection's statements are collected as garbage.
      database.exec('ROLLBACK');
    }
  } finally {
    database.close();
  }
}

function openLock(path: string): Database.Database {
  closeSync(openSync(path, 'a', 0o600));
  const database = new Database(path, { timeout: 0 });
  try {
    database.prepare('PRAGMA schema_version').get();
    return database;
  } catch (error) {
    database.close();
    if (codeOf(error) !== 'SQLITE_NOTADB') throw error;
    // Nothing is ever kept in this file, so one that is not a database is only in the way.
    unlinkSync(path);
    return openLock(path);
  }
}

function taken(database: Database.Database): boolean {
  try {
    database.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    if (codeOf(error).startsWith('SQLITE_BUSY')) return false;
    throw error;
  }
}
