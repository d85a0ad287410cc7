import { publicJwk, tenantKeys } from './keys.ts';
import { sqliteStore } from './store/sqlite.ts';

/**
 * The keys in the state file at `path`, without the tenant around them; undefined in a state that is still empty.
 * @throws {StateFileError} when the file holds something else
 */
export function readLocalKeys(
  path: string,
): { publicJwk: Record<string, unknown>; sessionKey: Uint8Array } | undefined {
  const store = sqliteStore(path);
  try {
    if (store.get('key', 'current') === undefined) return undefined;
    const keys = tenantKeys(store);
    return { publicJwk: publicJwk(keys), sessionKey: keys.sessionKey.export() };
  } finally {
    store.close();
  }
}
