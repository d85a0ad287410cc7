import { Hono } from 'hono/quick';
import { getPath } from 'hono/utils/url';
import { anonymousTokenPath } from '../wire/anonymous-token.ts';
import type { EditionName } from '../wire/edition/edition.ts';
import type { ActionRunner } from './actions/runner.ts';
import { healthPath } from './http/admission.ts';
import { fullBucket, type RateLimit, rateLimiter } from './http/rate-limit.ts';
import { isRefusal, managementRefusal, refusalAt } from './http/refusal.ts';
import { type CommonHeaders, complement, newCommonHeaders } from './http/response.ts';
import { errorCodeOf, type RequestFacts, type ServedRequest } from './http/served-request.ts';
import type { Random } from './random.ts';
import { anonymousLogoutRoute } from './routes/anonymous-logout.ts';
import { anonymousTokenRoute } from './routes/anonymous-token.ts';
import { clientCredentialRoutes } from './routes/client-credentials.ts';
import { clientGrantRoutes } from './routes/client-grants.ts';
import { clientRoutes } from './routes/clients.ts';
import { cors, corsPaths, withCors } from './routes/cors.ts';
import { discoveryRoutes } from './routes/discovery.ts';
import { type DatabaseName, health, retryAfterOf } from './routes/health.ts';
import { loginRoutes } from './routes/login.ts';
import { loginTokenRoutes } from './routes/login-tokens.ts';
import { oauthTokenRoute } from './routes/oauth-token.ts';
import { resourceServerRoutes } from './routes/resource-servers.ts';
import { tenantSettingsRoutes } from './routes/tenant-settings.ts';
import { userRoutes } from './routes/users.ts';
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
  /** Runs the Actions of logins; without it, a login that has Actions fails. */
  readonly runAction?: ActionRunner | undefined;
  /** The e-mail address or id of a user who is logged in where the login page would appear. */
  readonly autoLogin?: string | undefined;
  /** Called after every response but those of /health. */
  readonly onServed?: ((served: ServedRequest) => void) | undefined;
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
  const { store, clock, random, keys, domain = defaultDomain, edition, databaseName = 'memory', onServed } = options;
  const { runAction, autoLogin } = options;
  // As last read from the state. An empty state is filled with it, including one that was deleted while the tenant ran.
  let current: { issuer: string; edition: EditionName | undefined } = { issuer: `https://${domain}/`, edition };
  const appFor = routes({ store, random, runAction, autoLogin }, options);
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
  const respond = async (
    request: Request,
    path: string,
    nowSeconds: number,
    commonHeaders: CommonHeaders,
  ): Promise<Response> => {
    const mayLag = path === anonymousTokenPath && request.method === 'POST';
    const facts: RequestFacts | undefined = onServed && {};
    const response = await read(nowSeconds, mayLag).then(
      (moment) => appFor(path).fetch(request, { ...moment, commonHeaders, ...(facts && { facts }) }),
      (error) => withCors(failure(error, path, facts), { request, path, store }),
    );
    onServed?.({ ...facts, method: request.method, path, status: response.status });
    return response;
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
      const path = getPath(request);
      const commonHeaders = commonHeadersAt(nowSeconds);
      const isHealthCheck = path === healthPath && isRead(request);
      const response = await (isHealthCheck
        ? health(request, store, databaseName)
        : respond(request, path, nowSeconds, commonHeaders));
      return complement(response, commonHeaders);
    },
  };
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

type App = Hono<MomentBindings>;

/** Two apps, because the router tries one route after the other, and most requests are guests'. */
function routes(scope: TenantScope, { clock, rateLimit, plainHttp }: TenantOptions): (path: string) => App {
  const limiter = rateLimit && rateLimiter(rateLimit, clock);
  const [guests, others] = [emptyApp(), emptyApp()];
  for (const path of corsPaths) (isForGuests(path) ? guests : others).use(path, cors(scope.store));
  if (limiter) guests.use(limiter);
  guests.route('/', anonymousTokenRoute(scope));
  guests.route('/', anonymousLogoutRoute(scope));
  if (limiter) others.use(limiter);
  else others.use('/api/v2/*', fullBucket(clock));
  others.route('/', oauthTokenRoute(scope));
  others.route('/', loginRoutes(scope));
  others.route('/', loginTokenRoutes(scope));
  others.route('/', discoveryRoutes({ plainHttp }));
  others.route('/', tenantSettingsRoutes(scope));
  others.route('/', clientRoutes(scope));
  others.route('/', clientCredentialRoutes(scope));
  others.route('/', resourceServerRoutes(scope));
  others.route('/', clientGrantRoutes(scope));
  others.route('/', userRoutes(scope));
  // An endpoint that only the real service has is refused like a call without the scope for it: tools that export
  // a whole tenant report a 403 as a warning, and fail on a 404.
  others.all('/api/v2/*', () => {
    throw managementRefusal(403, 'Insufficient scope, expected any of: (not served here)', 'insufficient_scope');
  });
  return (path) => (isForGuests(path) ? guests : others);
}

function isForGuests(path: string): boolean {
  return path.startsWith('/anonymous');
}

function emptyApp(): App {
  const app: App = new Hono();
  app.onError((error, c) => failure(error, c.req.path, c.env.facts));
  app.notFound(() => new Response('Not Found', { status: 404 }));
  return app;
}

/** @throws {StateFileError | DatabaseRefusedError} for the caller to report, which knows the file or the database */
function failure(error: unknown, path: string, facts?: RequestFacts): Response {
  if (isRefusal(error)) {
    if (facts) facts.error = errorCodeOf(error.body);
    return error.response();
  }
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
