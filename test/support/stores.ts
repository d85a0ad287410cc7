import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { DocumentDatabase } from '../../src/local/store/database.ts';
import { memoryDatabase } from '../../src/local/store/memory.ts';
import { openSqlite } from '../../src/local/store/sqlite/database.ts';
import { temporaryFolder } from './folder.ts';
import { opened, testAddress } from './postgres-store.ts';

/** Opens the same state each time, and closes it after the test. */
export type OpenState = () => Promise<DocumentDatabase>;

/** Every place where a state can be, with a function that makes an empty one for a test. */
export const places: readonly [place: string, makeState: () => Promise<OpenState>][] = [
  ['memory', inMemory],
  ['an SQLite file', inSqlite],
  ['PostgreSQL', inPostgres],
];

async function inMemory(): Promise<OpenState> {
  const database = memoryDatabase();
  return async () => database;
}

async function inSqlite(): Promise<OpenState> {
  const path = join(temporaryFolder(), 'state.db');
  return async () => {
    const database = await openSqlite(path);
    onTestFinished(() => database.close());
    return database;
  };
}

async function inPostgres(): Promise<OpenState> {
  const address = await testAddress();
  return () => opened(address);
}
