import type Database from 'libsql';
import { guarded } from './state-file-error.ts';

/** How long to wait for another process's write. */
export const busyTimeoutMs = 15_000;

/** Runs `read` on a consistent snapshot. */
export function readSnapshot<Result>(database: Database.Database, read: () => Result): Result {
  return database.inTransaction ? guarded(read) : inside(database, 'BEGIN', 'ROLLBACK', read);
}

/** Runs `work` as an immediate transaction, and rolls it back when it throws. */
export function transaction<Result>(database: Database.Database, work: () => Result): Result {
  return inside(database, 'BEGIN IMMEDIATE', 'COMMIT', work);
}

function inside<Result>(database: Database.Database, begin: string, end: string, work: () => Result): Result {
  return guarded(() => {
    database.exec(begin);
    try {
      const result = work();
      database.exec(end);
      return result;
    } finally {
      // On a full disk SQLite has rolled back already, and a second ROLLBACK would be an error.
      if (database.inTransaction) database.exec('ROLLBACK');
    }
  });
}
