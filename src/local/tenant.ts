import { Hono } from 'hono/quick';
import { getPath } from 'hono/utils/url';
import { anonymousTokenPath } from '../wire/anonymous-token.ts';
import type { EditionName } from '../wire/edition/edition.ts';
import { healthPath } from './http/admission.ts';
import { fullBucket, type RateLimit, rateLimiter } from './http/rate-limit.ts';
import { managementRefusal, Refusal, refusalAt } from './http/refusal.ts';
import { type Random, randomHex } from './random.ts';
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
import { readMoment } from './state/moment.ts';
import { seed } from './state/seed.ts';
import { upgrade } from './state/upgrade.ts';
import { type DatabaseUnavailableError, isRefused, isUnavailable } from './store/database.ts';
import { StateFileError } from './store/sqlite/state-file-error.ts';
import type { Store } from './store/store.ts';
import type { KeyMaker } from './tokens/keys.ts';

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
  /** The tenant is served over plain HTTP alone. */
  readonly plainHttp?: boolean | undefined;
}

export interface Tenant {
  /** As last read from the state. */
  readonly issuer: string;
  /**
   * Reads what has changed in the state, and fills an empty one.
   * @throws {StateFileError | DatabaseUnavailableError | DatabaseRefusedError}
   */
  ready(): Promise<void>;
  /** @throws {StateFileError | DatabaseRefusedError} when the state cannot be used; every other failure becomes a response */
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
  const app = routes({ store, random }, options);
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
  const respond = (request: Request, path: string, nowSeconds: number): Promise<Response> | Response => {
    if (path === healthPath && isRead(request)) return health(request, store, databaseName);
    const mayLag = path === anonymousTokenPath && request.method === 'POST';
    return read(nowSeconds, mayLag).then(
      (moment) => app.fetch(request, moment),
      (error) => failure(error, path),
    );
  };
  return {
    get issuer() {
      return current.issuer;
    },
    async ready() {
      await read(now(), false);
    },
    async handle(request) {
      const nowSeconds = now();
      const response = await respond(request, getPath(request), nowSeconds);
      response.headers.set('x-auth0-requestid', randomHex(random, 10));
      // The tenant's own clock, which a test may have moved; the HTTP server would take the machine's.
      response.headers.set('date', new Date(nowSeconds * 1000).toUTCString());
      return response;
    },
  };
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

function routes(scope: TenantScope, { clock, rateLimit, plainHttp }: TenantOptions): Hono<MomentBindings> {
  const app = new Hono<MomentBindings>();
  app.onError((error, c) => failure(error, c.req.path));
  app.use('/anonymous/*', anonymousCors(scope));
  if (rateLimit) app.use(rateLimiter(rateLimit, clock));
  else app.use('/api/v2/*', fullBucket(clock));
  app.route('/', anonymousTokenRoute(scope));
  app.route('/', anonymousLogoutRoute(scope));
  app.route('/', oauthTokenRoute(scope));
  app.route('/', discoveryRoutes({ plainHttp }));
  app.route('/', tenantSettingsRoutes(scope));
  app.route('/', clientRoutes(scope));
  app.route('/', clientCredentialRoutes(scope));
  app.route('/', resourceServerRoutes(scope));
  app.route('/', clientGrantRoutes(scope));
  // An endpoint that only the real service has is refused like a call without the scope for it: tools that export
  // a whole tenant report a 403 as a warning, and fail on a 404.
  app.all('/api/v2/*', () => {
    throw managementRefusal(403, 'Insufficient scope, expected any of: (not served here)', 'insufficient_scope');
  });
  app.notFound(() => new Response('Not Found', { status: 404 }));
  return app;
}

/** @throws {StateFileError | DatabaseRefusedError} for the caller to report, which knows the file or the database */
function failure(error: unknown, path: string): Response {
  if (error instanceof Refusal) return error.response();
  if (error instanceof StateFileError || isRefused(error)) throw error;
  if (isUnavailable(error)) return unavailable(path, error);
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
