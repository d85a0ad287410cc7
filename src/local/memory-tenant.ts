import { mintToken, type TokenToMint } from './minting/mint.ts';
import { type LocalTenant, type LocalTenantOptions, openLocalTenant } from './open-tenant.ts';
import { systemRandom } from './random.ts';
import { readMoment } from './state/moment.ts';
import { cachedStore } from './store/cached-store.ts';
import { type DatabaseCopy, restorableDatabase } from './store/memory.ts';
import type { PostgresPorts } from './store/postgres/address.ts';
import { createTenant, type Tenant } from './tenant.ts';
import { type KeyMaterial, keysIn, makeKeys, type TenantKeys } from './tokens/keys.ts';

/** A token to make for an application that is named by its client id. */
export type WantedToken = Omit<TokenToMint, 'client'> & { readonly clientId: string };

/** A tenant in the memory of this process. */
export interface MemoryTenant extends LocalTenant {
  /** As `handle`, for requests that are not reported to `onServed` and meet no faults. */
  readonly handleUnreported: Tenant['handle'];
  /** Makes a token, valid or not. It leaves no trace in the tenant. */
  mint(wanted: WantedToken): Promise<string>;
  copy(): DatabaseCopy;
  /** Replaces the whole state by that of a copy of it. */
  restore(copy: DatabaseCopy): Promise<void>;
}

/** Opens a new tenant in memory. */
export async function openMemoryTenant(options: LocalTenantOptions, ports: PostgresPorts): Promise<MemoryTenant> {
  const database = restorableDatabase();
  const local = await openLocalTenant({ memory: database }, options, ports);
  const store = cachedStore(database);
  const unreported = createTenant({
    ...{ ...options, onServed: undefined, faultless: true },
    ...{ store, random: systemRandom(), keys: makeKeys },
  });
  const { random } = unreported.randomness;
  const newForeignKeys = async () => keysIn({ ...(await foreignMaterial(options.seedRandom)) }, 0);
  let foreign: Promise<TenantKeys> | undefined;
  const foreignKeys = () => (foreign ??= newForeignKeys());
  return {
    ...local,
    get issuer() {
      return local.issuer;
    },
    handleUnreported: unreported.handle,
    async mint({ clientId, ...wanted }) {
      await unreported.ready();
      const moment = await readMoment(store, { machineMs: options.clock(), issuer: local.issuer });
      if (!moment) throw new Error('the state is empty after it was read');
      const client = (await store.get('client', clientId)) ?? { client_id: clientId };
      return mintToken({ store, random }, moment, foreignKeys, { ...wanted, client });
    },
    copy: () => database.copy(),
    async changeClock(change) {
      const reading = await local.changeClock(change);
      // `now` is as last read.
      await local.ready();
      return reading;
    },
    async restore(copy) {
      database.restore(copy);
      await local.ready();
    },
  };
}

/** The keys of another tenant: those of another seed where this one has a seed. */
async function foreignMaterial(seed: number | undefined): Promise<KeyMaterial> {
  return seed === undefined ? makeKeys() : (await import('./tokens/seeded-keys.ts')).seededKeys(seed, 'another tenant');
}
