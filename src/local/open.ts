import type { EditionName } from '../wire/edition/edition.ts';
import { editionOf } from './edition.ts';
import { makeKeys, tenantKeys } from './keys.ts';
import { systemRandom } from './random.ts';
import type { RateLimit } from './rate-limit.ts';
import { reseed, seed } from './state.ts';
import { sqliteStore } from './store/sqlite.ts';
import { createTenant, type Tenant } from './tenant.ts';

export interface LocalTenant extends Tenant {
  /** The edition that this state speaks. */
  edition(): EditionName;
  /** The client that may configure this tenant: the global one, which every tenant has. */
  managementCredentials(): { clientId: string; clientSecret: string };
  /** The key that seals session tokens: 32 octets. */
  sessionKey(): Uint8Array;
  /** Forgets everything and starts over with new keys, in the same edition unless another is named. */
  reset(edition?: EditionName): Promise<void>;
  close(): void;
}

/**
 * The tenant whose state is in the SQLite file at `path`, made on first use.
 * @throws {StateFileError} when the file holds something else
 */
export async function openLocalTenant(
  path: string,
  options: { clock: () => number; domain?: string | undefined; rateLimit?: RateLimit | undefined },
): Promise<LocalTenant> {
  const store = sqliteStore(path);
  const random = systemRandom();
  const tenant = createTenant({ ...options, store, random, keys: makeKeys });
  const seeding = { store, random, keys: makeKeys, issuer: tenant.issuer };
  await seed(seeding);
  return {
    ...tenant,
    edition() {
      store.refresh();
      return editionOf(store).name;
    },
    managementCredentials() {
      const client = store.list('client').find(({ global }) => global === true);
      return { clientId: String(client?.client_id), clientSecret: String(client?.client_secret) };
    },
    sessionKey: () => tenantKeys(store).sessionKey.export(),
    reset: (edition) => reseed({ ...seeding, edition }),
    close: () => store.close(),
  };
}
