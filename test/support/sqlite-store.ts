import { cachedStore } from '../../src/local/store/cached-store.ts';
import { openSqlite } from '../../src/local/store/sqlite/database.ts';
import type { Store } from '../../src/local/store/store.ts';

/** A store in the SQLite file at `path`. */
export async function sqliteStore(path: string): Promise<Store> {
  return cachedStore(await openSqlite(path));
}
