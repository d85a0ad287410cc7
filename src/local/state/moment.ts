import type { Moment } from '../scope.ts';
import type { StoreReader } from '../store/store.ts';
import { keysIn } from '../tokens/keys.ts';
import { clockIn, timeBy } from './clock.ts';
import { editionIn } from './edition.ts';
import { issuerOf } from './issuer.ts';
import { randomnessId } from './random-source.ts';

/** Reads what every request needs. Undefined in an empty state. */
export async function readMoment(
  store: StoreReader,
  { machineMs, issuer }: { machineMs: number; issuer: string },
): Promise<Moment | undefined> {
  const [settings, keys, document, randomness, saved] = await Promise.all([
    store.get('tenant', 'settings'),
    store.get('key', 'current'),
    store.get('tenant', 'clock'),
    store.get('tenant', randomnessId),
    issuerOf(store),
  ]);
  if (settings === undefined) return undefined;
  const clock = clockIn(document);
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
