import { codeOf, fileFailure } from '../files/files.ts';
import { openLock } from '../files/lock.ts';

/** What those who serve one state hold of it together. */
export interface ServingLock {
  /** Runs `work` unless somebody else serves, and says whether it did. */
  alone(work: () => Promise<void>): Promise<boolean>;
  /** Serves from now on, until it is released. */
  share(): void;
  release(): void;
}

/**
 * SQLite's lock on an empty database: many may read it at once, and one that wants it alone must find nobody. The system frees it
 * when its holder dies.
 * @throws {AnonError} `state_unusable` when the file at `path` cannot be made
 */
export function servingLock(path: string): ServingLock {
  const { database } = openLock(path);
  const end = () => {
    if (database.inTransaction) database.exec('ROLLBACK');
  };
  return {
    async alone(work) {
      try {
        database.exec('BEGIN EXCLUSIVE');
      } catch (error) {
        if (codeOf(error).startsWith('SQLITE_BUSY')) return false;
        throw fileFailure(path, 'cannot be locked', error);
      }
      try {
        await work();
        return true;
      } finally {
        end();
      }
    },
    share() {
      database.exec('BEGIN');
      database.prepare('SELECT count(*) FROM sqlite_schema').all();
    },
    release() {
      end();
      database.close();
    },
  };
}
