import type { EditionName } from '../wire/edition/edition.ts';
import { systemRandom } from './random.ts';
import { editionOf } from './state/edition.ts';
import { setIssuer } from './state/issuer.ts';
import { reseed } from './state/seed.ts';
import { sqliteStore } from './store/sqlite.ts';
import { createTenant, outage, type Tenant, type TenantOptions } from './tenant.ts';
import { makeKeys, tenantKeys } from './tokens/keys.ts';

export interface LocalTenant extends Tenant {
  /** Makes it the issuer, from the next token on. */
  setIssuer(issuer: string): Promise<void>;
  /** The edition that this state speaks. */
  edition(): EditionName;
  /** The client that may configure this tenant: the global one, which every tenant has. */
  managementCredentials(): { clientId: string; clientSecret: string };
  /** The key that seals session tokens: 32 octets. */
  sessionKey(): Uint8Array;
  /** Forgets everything and starts over with new keys, in the same edition unless another is named. */
  reset(edition?: EditionName): Promise<void>;
  /** What a request is answered when the state is of no use. */
  outage(request: Request, why?: string): Response;
  close(): void;
}

export type LocalTenantOptions = Pick<TenantOptions, 'clock' | 'domain' | 'edition' | 'rateLimit'>;

/**
 * The tenant whose state is in the SQLite file at `path`, made on first use.
 * @throws {StateFileError} when the file holds something else or cannot be used; so do the tenant's own functions
 */
export async function openLocalTenant(path: string, options: LocalTenantOptions): Promise<LocalTenant> {
  const store = sqliteStore(path);
  const random = systemRandom();
  const tenant = createTenant({ ...options, store, random, keys: makeKeys });
  try {
    await tenant.ready();
  } catch (error) {
    store.close();
    throw error;
  }
  return {
    get issuer() {
      return tenant.issuer;
    },
    ready: tenant.ready,
    handle: tenant.handle,
    async setIssuer(issuer) {
      setIssuer(store, issuer);
      await tenant.ready();
    },
    edition() {
      store.refresh();
      return editionOf(store).name;
    },
    managementCredentials() {
      const client = store.list('client').find(({ global }) => global === true);
      return { clientId: String(client?.client_id), clientSecret: String(client?.client_secret) };
    },
    sessionKey: () => tenantKeys(store).sessionKey.export(),
    reset: (edition) => reseed({ store, random, keys: makeKeys, issuer: tenant.issuer, edition }),
    outage: (request, why) => outage(new URL(request.url).pathname, why),
    close: () => store.close(),
  };
}
