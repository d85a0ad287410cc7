import { Hono } from 'hono/quick';
import { getPath } from 'hono/utils/url';
import { anonymousTokenPath } from '../wire/anonymous-token.ts';
import type { EditionName } from '../wire/edition/edition.ts';
import type { TenantExport } from '../wire/tenant-export.ts';
import { healthPath } from './http/admission.ts';
import { fullBucket, type RateLimit, rateLimiter } from './http/rate-limit.ts';
import { managementRefusal, Refusal, refusalAt } from './http/refusal.ts';
import { type CommonHeaders, complement, newCommonHeaders } from './http/response.ts';
import { type Random, systemRandom } from './random.ts';
import { anonymousCors } from './routes/anonymous-cors.ts';
import { anonymousLogoutRoute } from './routes/anonymous-logout.ts';
import { anonymousTokenRoute } from './routes/anonymous-token.ts';
import { clientCredentialRoutes } from './routes/client-credentials.ts';
import { clientGrantRoutes } from './routes/client-grants.ts';
import { clientRoutes } from './routes/clients.ts';
import { discoveryRoutes } from './routes/discovery.ts';
import { type DatabaseName, health, retryAfterOf } from './routes/health.ts';
import { oauthTokenRoute } from './routes/oauth-token.ts';
import { resourceServerRoutes } from './routes/resource-servers.ts';
import { tenantSettingsRoutes } from './routes/tenant-settings.ts';
import type { Moment, MomentBindings, TenantScope } from './scope.ts';
import { exportState, importState, isFresh } from './state/carried-state.ts';
import { editionOf } from './state/edition.ts';
import { setIssuer } from './state/issuer.ts';
import { readMoment } from './state/moment.ts';
import { reseed, seed } from './state/seed.ts';
import { upgrade } from './state/upgrade.ts';
import { cachedStore } from './store/cached-store.ts';
import { DatabaseUnavailableError } from './store/database.ts';
import { openSqlite } from './store/sqlite/database.ts';
import { StateFileError } from './store/sqlite/state-file-error.ts';
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
  /** Where the state is; by default in memory. */
  readonly databaseName?: DatabaseName | undefined;
  /** No limit by default. */
  readonly rateLimit?: RateLimit | undefined;
}

export interface Tenant {
  /** As last read from the state. */
  readonly issuer: string;
  /** Reads what has changed in the state, and fills an empty one. @throws {StateFileError} */
  ready(): Promise<void>;
  /** @throws {StateFileError} when the state file cannot be used; every other failure becomes a response */
  handle(request: Request): Promise<Response>;
}

/**
 * A tenant with anonymous sessions, in the edition of its state: the part of what Auth0 serves at `https://DOMAIN/` that
 * this project needs. Refusals have the service's statuses and bodies.
 */
export function createTenant(options: TenantOptions): Tenant {
  const { store, clock, random, keys, domain = defaultDomain, edition, databaseName = 'memory' } = options;
  // As last read from the state. An empty state is filled with it, including one that was deleted while the tenant ran.
  let current: { issuer: string; edition: EditionName | undefined } = { issuer: `https://${domain}/`, edition };
  const appFor = routes({ store, random }, options);
  let upgraded = false;
  const read = async (nowSeconds: number, mayLag: boolean): Promise<Moment> => {
    await store.refresh({ mayLag });
    const wanted = { nowSeconds, issuer: current.issuer };
    let moment = await readMoment(store, wanted);
    if (!moment) {
      await seed({ store, random, keys, ...current });
      moment = await readMoment(store, wanted);
    }
    if (!moment) throw new Error('the state was emptied while it was being filled');
    if (!upgraded) await upgrade(store);
    upgraded = true;
    current = { issuer: moment.issuer, edition: moment.edition.name };
    return moment;
  };
  const now = () => Math.floor(clock() / 1000);
  const respond = (
    request: Request,
    nowSeconds: number,
    commonHeaders: CommonHeaders,
  ): Promise<Response> | Response => {
    const path = getPath(request);
    if (path === healthPath && isRead(request)) return health(request, store, databaseName);
    const mayLag = path === anonymousTokenPath && request.method === 'POST';
    return read(nowSeconds, mayLag).then(
      (moment) => appFor(path).fetch(request, { ...moment, commonHeaders }),
      (error) => failure(error, path),
    );
  };
  const commonHeadersAt = newCommonHeaders(random);
  return {
    get issuer() {
      return current.issuer;
    },
    async ready() {
      await read(now(), false);
    },
    async handle(request) {
      const nowSeconds = now();
      const commonHeaders = commonHeadersAt(nowSeconds);
      return complement(await respond(request, nowSeconds, commonHeaders), commonHeaders);
    },
  };
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

type App = Hono<MomentBindings>;

/** Two apps, because the router tries one route after the other, and most requests are guests'. */
function routes(scope: TenantScope, { clock, rateLimit }: TenantOptions): (path: string) => App {
  const limiter = rateLimit && rateLimiter(rateLimit, clock);
  const guests = emptyApp();
  guests.use('/anonymous/*', anonymousCors(scope));
  if (limiter) guests.use(limiter);
  guests.route('/', anonymousTokenRoute(scope));
  guests.route('/', anonymousLogoutRoute(scope));
  const others = emptyApp();
  if (limiter) others.use(limiter);
  else others.use('/api/v2/*', fullBucket(clock));
  others.route('/', oauthTokenRoute(scope));
  others.route('/', discoveryRoutes());
  others.route('/', tenantSettingsRoutes(scope));
  others.route('/', clientRoutes(scope));
  others.route('/', clientCredentialRoutes(scope));
  others.route('/', resourceServerRoutes(scope));
  others.route('/', clientGrantRoutes(scope));
  // An endpoint that only the real service has is refused like a call without the scope for it: tools that export
  // a whole tenant report a 403 as a warning, and fail on a 404.
  others.all('/api/v2/*', () => {
    throw managementRefusal(403, 'Insufficient scope, expected any of: (not served here)', 'insufficient_scope');
  });
  return (path) => (path.startsWith('/anonymous') ? guests : others);
}

function emptyApp(): App {
  const app: App = new Hono();
  app.onError((error, c) => failure(error, c.req.path));
  app.notFound(() => new Response('Not Found', { status: 404 }));
  return app;
}

/** @throws {StateFileError} for the caller to report, which knows the file */
function failure(error: unknown, path: string): Response {
  if (error instanceof Refusal) return error.response();
  if (error instanceof StateFileError) throw error;
  if (error instanceof DatabaseUnavailableError) return unavailable(path, error);
  return outage(path);
}

/** The response while the database cannot be reached: 503, and when to try again. */
function unavailable(path: string, error: DatabaseUnavailableError): Response {
  const headers = { 'retry-after': retryAfterOf(error) };
  const description = 'The database of this tenant cannot be reached. Try again later.';
  return refusalAt(path, 503, 'temporarily_unavailable', description, headers).response();
}

/** The response when the tenant fails: 500, with the reason where it is known. */
export function outage(path: string, why?: string): Response {
  return refusalAt(path, 500, 'server_error', why ?? 'An internal server error occurred').response();
}

export interface LocalTenant extends Tenant {
  /** Changes the issuer, from the next token on. */
  setIssuer(issuer: string): Promise<void>;
  /** The edition of the state. */
  edition(): Promise<EditionName>;
  /** The credentials of the global client, which every tenant has and which may configure it. */
  managementCredentials(): Promise<{ clientId: string; clientSecret: string }>;
  /** The key that encrypts session tokens: 32 bytes. */
  sessionKey(): Promise<Uint8Array>;
  /** Deletes everything and starts over with new keys, in the same edition unless another is given. */
  reset(edition?: EditionName): Promise<void>;
  /** The whole state, for another database. */
  exportState(): Promise<TenantExport>;
  /** Replaces the whole state by a checked export, and reports whether the keys changed with it. */
  importState(file: TenantExport): Promise<{ readonly newKeys: boolean }>;
  /** Whether nothing has been changed since the tenant was created. */
  isFresh(): Promise<boolean>;
  /** The response to a request while the state cannot be used. */
  outage(request: Request, why?: string): Response;
  close(): Promise<void>;
}

export type LocalTenantOptions = Pick<TenantOptions, 'clock' | 'domain' | 'edition' | 'rateLimit'>;

/**
 * Opens the tenant whose state is in the SQLite file at `path`, and creates the file on first use.
 * @throws {StateFileError} when the file holds something else or cannot be used; the tenant's functions throw it too
 */
export async function openLocalTenant(path: string, options: LocalTenantOptions): Promise<LocalTenant> {
  const store = cachedStore(await openSqlite(path));
  const random = systemRandom();
  const tenant = createTenant({ ...options, store, random, keys: makeKeys, databaseName: 'sqlite' });
  try {
    await tenant.ready();
  } catch (error) {
    await store.close();
    throw error;
  }
  return {
    get issuer() {
      return tenant.issuer;
    },
    ready: tenant.ready,
    handle: tenant.handle,
    async setIssuer(issuer) {
      await setIssuer(store, issuer);
      await tenant.ready();
    },
    async edition() {
      await store.refresh();
      return (await editionOf(store)).name;
    },
    async managementCredentials() {
      const client = await store.find('client', { lookup: 'global', value: 'true' });
      return { clientId: String(client?.client_id), clientSecret: String(client?.client_secret) };
    },
    sessionKey: async () => (await tenantKeys(store)).sessionKey.export(),
    reset: (edition) => reseed({ store, random, keys: makeKeys, issuer: tenant.issuer, edition }),
    exportState: () => exportState(store),
    importState: (file) => importState(store, file),
    isFresh: () => isFresh(store),
    outage: (request, why) => outage(new URL(request.url).pathname, why),
    close: () => store.close(),
  };
}
