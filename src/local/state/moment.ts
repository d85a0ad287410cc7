import type { JsonObject } from '../../wire/schema.ts';
import type { Moment } from '../scope.ts';
import type { Store, StoreReader } from '../store/store.ts';
import { keysIn } from '../tokens/keys.ts';
import { type ClockSetting, clockIn, timeBy } from './clock.ts';
import { editionIn } from './edition.ts';
import { issuerOf } from './issuer.ts';
import { randomnessId } from './random-source.ts';

interface SavedMoment {
  readonly settings: JsonObject;
  readonly keys: JsonObject | undefined;
  readonly clock: ClockSetting;
  readonly randomness: JsonObject | undefined;
  readonly issuer: string | undefined;
}

interface Wanted {
  readonly machineMs: number;
  /** Where the state has none. */
  readonly issuer: string;
}

/** Reads what every request needs. Undefined in an empty state. */
export async function readMoment(store: StoreReader, wanted: Wanted): Promise<Moment | undefined> {
  const saved = await readSaved(store);
  return saved && momentAt(saved, wanted);
}

/** As {@link readMoment}, for many requests: the documents are read again only after a change. */
export function momentReader(store: Store): (wanted: Wanted) => Promise<Moment | undefined> {
  let known: { readonly changes: number; readonly saved: SavedMoment | undefined } | undefined;
  return async (wanted) => {
    const { changes } = store;
    if (known?.changes !== changes) known = { changes, saved: await readSaved(store) };
    return known.saved && momentAt(known.saved, wanted);
  };
}

async function readSaved(store: StoreReader): Promise<SavedMoment | undefined> {
  const [settings, keys, clock, randomness, issuer] = await Promise.all([
    store.get('tenant', 'settings'),
    store.get('key', 'current'),
    store.get('tenant', 'clock'),
    store.get('tenant', randomnessId),
    issuerOf(store),
  ]);
  return settings && { settings, keys, clock: clockIn(clock), randomness, issuer };
}

function momentAt({ settings, keys, clock, randomness, issuer: saved }: SavedMoment, { machineMs, issuer }: Wanted) {
  const nowMs = timeBy(clock, machineMs);
  return {
    edition: editionIn(settings),
    settings,
    issuer: saved ?? issuer,
    // To start a server, nothing is signed.
    get keys() {
      return keysIn(keys, nowMs);
    },
    nowSeconds: Math.floor(nowMs / 1000),
    machineMs,
    clock,
    randomness,
  };
}
