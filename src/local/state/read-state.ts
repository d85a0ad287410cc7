import { fingerprintOf } from '../../jose/fingerprint.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { KeyUse } from '../../wire/tenant-keys.ts';
import { cachedStore } from '../store/cached-store.ts';
import { readDatabase, type StateLocation } from '../store/location.ts';
import type { PostgresPorts } from '../store/postgres/address.ts';
import type { Store } from '../store/store.ts';
import { type KeyMaterial, keysIn, publicJwks, sessionKeys } from '../tokens/keys.ts';
import { clockOf, type MovedClock, movedClock } from './clock.ts';
import { editionIn, editionOf } from './edition.ts';
import { type GuestObjects, guestObjects } from './guest-objects.ts';
import { issuerOf } from './issuer.ts';

export interface LocalKeys {
  readonly issuer: string | undefined;
  readonly edition: EditionName;
  /** The keys that verify signatures at a time, in milliseconds since 1970; the current one first. */
  publicJwksAt(nowMs: number): readonly Record<string, unknown>[];
  /** The current one first. */
  readonly sessionKeys: readonly Uint8Array[];
  /** Undefined while it is the machine's. */
  readonly clock: MovedClock | undefined;
}

/**
 * Reads the keys, issuer and edition in the state at `location` without starting the tenant. Undefined in an empty state.
 * Creates and changes nothing.
 * @throws {StateFileError} when the file is not a state file or cannot be read
 * @throws {DatabaseUnavailableError | DatabaseRefusedError} when the database cannot be reached or used
 */
export async function readLocalKeys(location: StateLocation, ports: PostgresPorts): Promise<LocalKeys | undefined> {
  return reading(location, ports, async (state) => {
    const document = await state.get('key', 'current');
    if (document === undefined) return undefined;
    return {
      issuer: await issuerOf(state),
      edition: (await editionOf(state)).name,
      publicJwksAt: (nowMs) => publicJwks(keysIn(document, nowMs)),
      sessionKeys: sessionKeys(keysIn(document, 0)).map((key) => key.export()),
      clock: movedClock(await clockOf(state)),
    };
  });
}

/** As {@link readLocalKeys}, the names of the keys from before a rotation. */
export async function readPreviousKeys(
  location: StateLocation,
  ports: PostgresPorts,
): Promise<readonly { readonly kid: string; readonly use: KeyUse }[] | undefined> {
  return reading(location, ports, async (state) => {
    const material = (await state.get('key', 'current')) as KeyMaterial | undefined;
    const { signing = [], session = [] } = material?.previous ?? {};
    return [
      ...signing.map(({ kid }) => ({ kid, use: 'signing' as const })),
      ...session.map(({ k }) => ({ kid: fingerprintOf(k), use: 'session' as const })),
    ];
  });
}

/** As {@link readLocalKeys}, the edition alone. */
export async function readLocalEdition(
  location: StateLocation,
  ports: PostgresPorts,
): Promise<EditionName | undefined> {
  return reading(location, ports, async (state) => {
    const settings = await state.get('tenant', 'settings');
    return settings && editionIn(settings).name;
  });
}

/** As {@link readLocalKeys}, the issuer alone. */
export async function readLocalIssuer(location: StateLocation, ports: PostgresPorts): Promise<string | undefined> {
  return reading(location, ports, issuerOf);
}

/** As {@link readLocalKeys}, the clock alone; undefined while it is the machine's. */
export async function readLocalClock(location: StateLocation, ports: PostgresPorts): Promise<MovedClock | undefined> {
  return reading(location, ports, async (state) => movedClock(await clockOf(state)));
}

export interface LocalNames extends GuestObjects {
  readonly actions: readonly JsonObject[];
  readonly faults: readonly JsonObject[];
}

/** As {@link readLocalKeys}, the applications, APIs, Actions, faults and edition. */
export async function readLocalNames(location: StateLocation, ports: PostgresPorts): Promise<LocalNames | undefined> {
  return reading(location, ports, async (state) => {
    if ((await state.get('tenant', 'settings')) === undefined) return undefined;
    return {
      ...(await guestObjects(state)),
      actions: await state.list('action'),
      faults: (await state.list('fault')).filter(({ kind }) => kind !== 'limit'),
    };
  });
}

/** As {@link readLocalKeys}, the users. */
export async function readLocalUsers(
  location: StateLocation,
  ports: PostgresPorts,
): Promise<readonly JsonObject[] | undefined> {
  return reading(location, ports, (state) => state.list('user'));
}

async function reading<Result>(
  location: StateLocation,
  ports: PostgresPorts,
  read: (state: Store) => Promise<Result>,
): Promise<Result | undefined> {
  const database = await readDatabase(location, ports);
  if (!database) return undefined;
  const state = cachedStore(database);
  try {
    return await read(state);
  } finally {
    await state.close();
  }
}
