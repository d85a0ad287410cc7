import { dirname, join } from 'node:path';
import { codeOf, fileFailure } from '../files/files.ts';
import { openLock } from '../files/lock.ts';
import type { LocalPorts } from './ports.ts';

/** A lock that all servers of one state share. */
export interface ServingLock {
  /** Runs `work` unless another process holds the lock; returns whether it ran. */
  alone(work: () => Promise<void>): Promise<boolean>;
  /** Holds the lock, together with others, until `release`. */
  share(): Promise<void>;
  release(): Promise<void>;
}

/** The lock of the servers of a state. @throws {AnonError} `state_unusable` where its file can't be created */
export async function servingLock(ports: LocalPorts): Promise<ServingLock> {
  const { state } = ports;
  if ('memory' in state || 'served' in state) return noLock;
  if ('file' in state) return fileLock(join(dirname(state.file), 'local-start.lock'));
  return (await import('./state-database.ts')).databaseLock(state, ports);
}

/** No other process can serve what is in the memory of this one. */
const noLock: ServingLock = {
  async alone(work) {
    await work();
    return true;
  },
  async share() {},
  async release() {},
};

/** SQLite's lock on an empty database: shared by readers, exclusive for a writer. The system frees it when its holder dies. */
export function fileLock(path: string): ServingLock {
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
    async share() {
      database.exec('BEGIN');
      database.prepare('SELECT count(*) FROM sqlite_schema').all();
    },
    async release() {
      end();
      database.close();
    },
  };
}
