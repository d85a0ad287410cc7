import { Hono } from 'hono/quick';
import { getPath } from 'hono/utils/url';
import { anonymousTokenPath } from '../wire/anonymous-token.ts';
import { controlRoot } from '../wire/control.ts';
import { RequestRing } from './control/request-ring.ts';
import type { ThroughFaults } from './faults/through-faults.ts';
import { healthPath } from './http/admission.ts';
import type { Connection } from './http/connection.ts';
import { outage } from './http/outage.ts';
import { fullBucket, rateLimiter } from './http/rate-limit.ts';
import { isRefusal, refusalAt } from './http/refusal.ts';
import { complement, newCommonHeaders } from './http/response.ts';
import { errorCodeOf, type RequestFacts, servedRequest } from './http/served-request.ts';
import { anonymousLogoutRoute, anonymousTokenRoute } from './routes/anonymous.ts';
import { clientCredentialRoutes } from './routes/client-credentials.ts';
import { clientGrantRoutes } from './routes/client-grants.ts';
import { clientRoutes } from './routes/clients.ts';
import type { Control } from './routes/control.ts';
import { cors, corsPaths, withCors } from './routes/cors.ts';
import { discoveryRoutes } from './routes/discovery.ts';
import { health, retryAfterOf } from './routes/health.ts';
import { loginRoutes, loginTokenRoutes } from './routes/login.ts';
import { notServed } from './routes/management-access.ts';
import { oauthTokenRoute } from './routes/oauth-token.ts';
import { resourceServerRoutes } from './routes/resource-servers.ts';
import { tenantSettingsRoutes } from './routes/tenant-settings.ts';
import { userRoutes } from './routes/users.ts';
import type { Moment, MomentBindings, TenantScope } from './scope.ts';
import { type ClockSetting, timeBy } from './state/clock.ts';
import type { RandomSource } from './state/random-source.ts';
import { type DatabaseUnavailableError, isRefused, isUnavailable } from './store/database.ts';
import { isStateFileError } from './store/sqlite/state-file-error.ts';
import type { TenantOptions } from './tenant.ts';

/** Answers a request; `connection` is undefined for one from this process. */
export type Responder = (request: Request, connection?: Connection) => Promise<Response>;

type Answer = (request: Request, moment: MomentBindings['Bindings']) => Response | Promise<Response>;

/**
 * Answers requests to a tenant. Loaded for the first of them: to start a server, the routes are not needed. `read` reads the
 * moment of a request.
 */
export function responder(
  options: TenantOptions,
  read: (mayLag: boolean) => Promise<Moment>,
  { random, requestIds }: Pick<RandomSource, 'random' | 'requestIds'>,
): Responder {
  const { store, clock, databaseName = 'memory', runAction, autoLogin, onServed } = options;
  const scope = { store, random, runAction, autoLogin };
  const { guests, others } = routes(scope, options);
  const commonHeadersAt = newCommonHeaders(requestIds);
  const machineSeconds = () => Math.floor(clock() / 1000);
  let setting: ClockSetting;
  const respond = async (request: Request, path: string, answer: Answer, facts?: RequestFacts): Promise<Response> => {
    let nowSeconds: number | undefined;
    try {
      const moment = await read(path === anonymousTokenPath && request.method === 'POST');
      nowSeconds = moment.nowSeconds;
      setting = moment.clock;
      const commonHeaders = commonHeadersAt(nowSeconds);
      // It is this request's own. A copy would take several times as long, and read the keys.
      const response = await answer(
        request,
        Object.assign(moment, facts ? { commonHeaders, facts } : { commonHeaders }),
      );
      return complement(response, commonHeaders);
    } catch (error) {
      const response = await withCors(failure(error, path, facts), { request, path, store });
      return complement(response, commonHeadersAt(nowSeconds ?? machineSeconds()));
    }
  };
  // What nobody could read need not be recorded.
  const ring = options.control && new RequestRing(options.explain);
  const control = controlOf(scope, options, ring, () => [...guests.routes, ...others.routes]);
  const answered = answering(options);
  return async (request, connection) => {
    const path = getPath(request);
    if (path === healthPath && isRead(request)) {
      return complement(await health(request, store, databaseName), commonHeadersAt(machineSeconds()));
    }
    if (path.startsWith(controlRoot)) {
      return respond(request, path, (asked, moment) => control(asked, moment, connection));
    }
    const app = isForGuests(path) ? guests : others;
    const answer: Answer = (asked, moment) => answered(app, asked, path, moment);
    if (!onServed && !ring) return respond(request, path, answer);
    // The constant, and not a part of the address, which would stay in memory with its query.
    const served = servedRequest(request.method, path === anonymousTokenPath ? anonymousTokenPath : path);
    const startMs = clock();
    const response = await respond(request, path, answer, served);
    served.status = response.status;
    ring?.add(served, timeBy(setting, startMs), Math.max(0, clock() - startMs));
    onServed?.(served);
    return response;
  };
}

/** What answers the control endpoints, loaded when the first of them is used. */
function controlOf(
  scope: TenantScope,
  {
    control: access,
    stopping,
    keys,
    sharedState,
  }: Pick<TenantOptions, 'control' | 'stopping' | 'keys' | 'sharedState'>,
  ring: RequestRing | undefined,
  served: () => Hono<MomentBindings>['routes'],
) {
  let loaded: Control | undefined;
  return async (request: Request, moment: MomentBindings['Bindings'], connection: Connection | undefined) => {
    if (!access || !ring) throw refusalAt(controlRoot, 404, 'not_found', 'This tenant has no control endpoints.');
    const all = { ...scope, keys, ring, served: served(), stopping, sharedState };
    loaded ??= (await import('./routes/control.ts')).control(all, access);
    return loaded(request, moment, connection);
  };
}

/** Answers with a route table, and with the tenant's faults where it has any. */
function answering({ store, clock, faultless }: TenantOptions) {
  let loaded: ThroughFaults | undefined;
  return async (app: App, request: Request, path: string, moment: MomentBindings['Bindings']): Promise<Response> => {
    const hasFaults = !faultless && (await store.find('fault', { lookup: 'any', value: 'true' })) !== undefined;
    if (!hasFaults) return app.fetch(request, moment);
    loaded ??= (await import('./faults/through-faults.ts')).throughFaults(store, clock);
    const routed = async () => app.fetch(request, moment);
    const readable = (response: Response) => withCors(response, { request, path, store });
    return loaded({ request, path, moment, routed, readable });
  };
}

/** The paths of all endpoints, with `:name` for a part that varies. */
export function pathsOf({ guests, others }: ReturnType<typeof routes>): string[] {
  const paths = [...guests.routes, ...others.routes].map(({ path }) => path);
  return [...new Set(paths)].filter((path) => !path.includes('*'));
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

type App = Hono<MomentBindings>;

/** The route table: two apps, because the router tries one route after the other, and most requests are guests'. */
export function routes(
  scope: TenantScope,
  { clock, rateLimit, plainHttp }: Pick<TenantOptions, 'clock' | 'rateLimit' | 'plainHttp'>,
): { readonly guests: App; readonly others: App } {
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
  others.all('/api/v2/*', () => {
    throw notServed();
  });
  return { guests, others };
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
  if (isStateFileError(error) || isRefused(error)) throw error;
  if (isUnavailable(error)) return unavailable(path, error);
  return outage(path);
}

/** The response while the database cannot be reached: 503, and when to try again. */
function unavailable(path: string, error: DatabaseUnavailableError): Response {
  const headers = { 'retry-after': retryAfterOf(error) };
  const description = 'The database of this tenant cannot be reached. Try again later.';
  return refusalAt(path, 503, 'temporarily_unavailable', description, headers).response();
}
