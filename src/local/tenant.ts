import { Hono } from 'hono/quick';
import type { EditionName } from '../wire/edition/edition.ts';
import type { TenantContext } from './context.ts';
import { fullBucket, type RateLimit, rateLimiter } from './http/rate-limit.ts';
import { managementRefusal, Refusal, refusalAt } from './http/refusal.ts';
import { type Random, randomHex, systemRandom } from './random.ts';
import { anonymousCors } from './routes/anonymous-cors.ts';
import { anonymousLogoutRoute } from './routes/anonymous-logout.ts';
import { anonymousTokenRoute } from './routes/anonymous-token.ts';
import { clientCredentialRoutes } from './routes/client-credentials.ts';
import { clientGrantRoutes } from './routes/client-grants.ts';
import { clientRoutes } from './routes/clients.ts';
import { discoveryRoutes } from './routes/discovery.ts';
import { oauthTokenRoute } from './routes/oauth-token.ts';
import { resourceServerRoutes } from './routes/resource-servers.ts';
import { tenantSettingsRoutes } from './routes/tenant-settings.ts';
import { editionOf } from './state/edition.ts';
import { issuerOf, setIssuer } from './state/issuer.ts';
import { reseed, seed, upgrade } from './state/seed.ts';
import { sqliteStore } from './store/sqlite.ts';
import { StateFileError } from './store/state-file-error.ts';
import type { Store } from './store/store.ts';
import { type KeyMaker, makeKeys, tenantKeys } from './tokens/keys.ts';

/** The domain of a new tenant by default: its issuer is `https://localhost:4400/`. */
export const defaultDomain = 'localhost:4400';

export interface TenantOptions {
  readonly store: Store;
  /** The time, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly random: Random;
  /** Creates the keys of an empty state; afterwards they are read from the state. */
  readonly keys: KeyMaker;
  /** An empty state gets the issuer `https://<domain>/`; afterwards the issuer is read from the state. */
  readonly domain?: string | undefined;
  /** The edition of an empty state (default: `preview`); afterwards the edition is read from the state. */
  readonly edition?: EditionName | undefined;
  /** No limit by default. */
  readonly rateLimit?: RateLimit | undefined;
}

export interface Tenant {
  /** As last read from the state. */
  readonly issuer: string;
  /** Reads what has changed in the state, and fills an empty one. @throws {StateFileError} */
  ready(): Promise<void>;
  /** @throws {StateFileError} when the state cannot be read or written; every other failure becomes a response */
  handle(request: Request): Promise<Response>;
}

/**
 * A tenant with anonymous sessions, in the edition of its state: the part of what Auth0 serves at `https://DOMAIN/` that
 * this project needs. Refusals have the service's statuses and bodies.
 */
export function createTenant(options: TenantOptions): Tenant {
  const { store, clock, random, keys, domain = defaultDomain, edition } = options;
  // As last read from the state. An empty state is filled with it, including one that was deleted while the tenant ran.
  let current: { issuer: string; edition: EditionName | undefined } = { issuer: `https://${domain}/`, edition };
  const tenant: TenantContext = {
    store,
    clock,
    random,
    get issuer() {
      return current.issuer;
    },
  };
  const app = routes(tenant, options.rateLimit);
  let upgraded = false;
  const ready = async (): Promise<void> => {
    store.refresh();
    await seed({ store, random, keys, ...current });
    if (!upgraded) upgrade(store);
    upgraded = true;
    current = { issuer: issuerOf(store) ?? current.issuer, edition: editionOf(store).name };
  };
  return {
    get issuer() {
      return current.issuer;
    },
    ready,
    async handle(request) {
      const response = await ready().then(
        () => app.fetch(request),
        (error) => failure(error, new URL(request.url).pathname),
      );
      response.headers.set('x-auth0-requestid', randomHex(random, 10));
      // The tenant's own clock, which a test may have moved; the HTTP server would take the machine's.
      response.headers.set('date', new Date(clock()).toUTCString());
      return response;
    },
  };
}

function routes(tenant: TenantContext, rateLimit: RateLimit | undefined): Hono {
  const app = new Hono();
  app.onError((error, c) => failure(error, c.req.path));
  app.use('/anonymous/*', anonymousCors(tenant));
  if (rateLimit) app.use(rateLimiter(rateLimit, tenant.clock));
  else app.use('/api/v2/*', fullBucket(tenant.clock));
  app.route('/', anonymousTokenRoute(tenant));
  app.route('/', anonymousLogoutRoute(tenant));
  app.route('/', oauthTokenRoute(tenant));
  app.route('/', discoveryRoutes(tenant));
  app.route('/', tenantSettingsRoutes(tenant));
  app.route('/', clientRoutes(tenant));
  app.route('/', clientCredentialRoutes(tenant));
  app.route('/', resourceServerRoutes(tenant));
  app.route('/', clientGrantRoutes(tenant));
  // An endpoint that only the real service has is refused like a call without the scope for it: tools that export
  // a whole tenant report a 403 as a warning, and fail on a 404.
  app.all('/api/v2/*', () => {
    throw managementRefusal(403, 'Insufficient scope, expected any of: (not served here)', 'insufficient_scope');
  });
  app.notFound(() => new Response('Not Found', { status: 404 }));
  return app;
}

/** @throws {StateFileError} for the caller to report, which knows the file */
function failure(error: unknown, path: string): Response {
  if (error instanceof Refusal) return error.response();
  if (error instanceof StateFileError) throw error;
  return outage(path);
}

/** The response when the tenant fails: 500, with the reason where it is known. */
export function outage(path: string, why?: string): Response {
  return refusalAt(path, 500, 'server_error', why ?? 'An internal server error occurred').response();
}

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
