import type { EditionName } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { cachedStore } from '../store/cached-store.ts';
import { readSqlite } from '../store/sqlite/database.ts';
import type { Store } from '../store/store.ts';
import { publicJwk, tenantKeys } from '../tokens/keys.ts';
import { editionIn, editionOf } from './edition.ts';
import { issuerOf } from './issuer.ts';

export interface LocalKeys {
  readonly issuer: string | undefined;
  readonly edition: EditionName;
  readonly publicJwk: Record<string, unknown>;
  readonly sessionKey: Uint8Array;
}

/**
 * Reads the keys, issuer and edition in the state file at `path` without starting the tenant. Undefined in an empty state.
 * Creates and changes nothing.
 * @throws {StateFileError} when the file is not a state file or cannot be read
 */
export async function readLocalKeys(path: string): Promise<LocalKeys | undefined> {
  return reading(path, async (state) => {
    if ((await state.get('key', 'current')) === undefined) return undefined;
    const keys = await tenantKeys(state);
    return {
      issuer: await issuerOf(state),
      edition: (await editionOf(state)).name,
      publicJwk: publicJwk(keys),
      sessionKey: keys.sessionKey.export(),
    };
  });
}

/** As {@link readLocalKeys}, the edition alone. @throws {StateFileError} */
export async function readLocalEdition(path: string): Promise<EditionName | undefined> {
  return reading(path, async (state) => {
    const settings = await state.get('tenant', 'settings');
    return settings && editionIn(settings).name;
  });
}

export interface LocalNames {
  readonly edition: EditionName;
  readonly clients: readonly JsonObject[];
  readonly resourceServers: readonly JsonObject[];
}

/**
 * Reads the applications, APIs and edition in the state file at `path` without starting the tenant. Undefined in an empty
 * state. Creates and changes nothing.
 * @throws {StateFileError} when the file is not a state file or cannot be read
 */
export async function readLocalNames(path: string): Promise<LocalNames | undefined> {
  return reading(path, async (state) => {
    if ((await state.get('tenant', 'settings')) === undefined) return undefined;
    return {
      edition: (await editionOf(state)).name,
      clients: await state.list('client'),
      resourceServers: await state.list('resource_server'),
    };
  });
}

async function reading<Result>(path: string, read: (state: Store) => Promise<Result>): Promise<Result> {
  const state = cachedStore(await readSqlite(path));
  try {
    return await read(state);
  } finally {
    await state.close();
  }
}
