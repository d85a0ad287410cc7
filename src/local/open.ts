import type { EditionName } from '../wire/edition/edition.ts';
import { systemRandom } from './random.ts';
import { editionOf } from './state/edition.ts';
import { setIssuer } from './state/issuer.ts';
import { reseed } from './state/seed.ts';
import { sqliteStore } from './store/sqlite.ts';
import { createTenant, outage, type Tenant, type TenantOptions } from './tenant.ts';
import { makeKeys, tenantKeys } from './tokens/keys.ts';

export interface LocalTenant extends Tenant {
  /** Changes the issuer, from the next token on. */
  setIssuer(issuer: string): Promise<void>;
  /** The edition of the state. */
  edition(): EditionName;
  /** The credentials of the global client, which every tenant has and which may configure it. */
  managementCredentials(): { clientId: string; clientSecret: string };
  /** The key that encrypts session tokens: 32 bytes. */
  sessionKey(): Uint8Array;
  /** Deletes everything and starts over with new keys, in the same edition unless another is given. */
  reset(edition?: EditionName): Promise<void>;
  /** The response to a request while the state cannot be used. */
  outage(request: Request, why?: string): Response;
  close(): void;
}

export type LocalTenantOptions = Pick<TenantOptions, 'clock' | 'domain' | 'edition' | 'rateLimit'>;

/**
 * Opens the tenant whose state is in the SQLite file at `path`, and creates the file on first use.
 * @throws {StateFileError} when the file holds something else or cannot be used; the tenant's functions throw it too
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
