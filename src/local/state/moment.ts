import type { Moment } from '../scope.ts';
import type { StoreReader } from '../store/store.ts';
import { keysIn } from '../tokens/keys.ts';
import { editionIn } from './edition.ts';
import { issuerOf } from './issuer.ts';

/** Reads what every request needs. Undefined in an empty state. */
export async function readMoment(
  store: StoreReader,
  { nowSeconds, issuer }: { nowSeconds: number; issuer: string },
): Promise<Moment | undefined> {
  const [settings, keys, saved] = await Promise.all([
    store.get('tenant', 'settings'),
    store.get('key', 'current'),
    issuerOf(store),
  ]);
  if (settings === undefined) return undefined;
  return {
    edition: editionIn(settings),
    settings,
    issuer: saved ?? issuer,
    // To start a server, nothing is signed.
    get keys() {
      return keysIn(keys);
    },
    nowSeconds,
  };
}
