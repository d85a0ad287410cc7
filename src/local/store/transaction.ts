import type Database from 'libsql';
import { guarded } from './state-file-error.ts';

/** How long a process waits for another one's write to end. */
export const busyTimeoutMs = 15_000;

/** Reads what no writer changes meanwhile. */
export function atOneMoment<Result>(database: Database.Database, read: () => Result): Result {
  return database.inTransaction ? guarded(read) : inside(database, 'BEGIN', 'ROLLBACK', read);
}

/** Runs `work` alone: all of what it writes is kept, or, when it throws, nothing. */
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
      // SQLite itself has given it up where the disk is full, and would say of this only that there is nothing to end.
      if (database.inTransaction) database.exec('ROLLBACK');
    }
  });
}
