import { Hono } from 'hono/quick';
import type { EditionName } from '../wire/edition/edition.ts';
import type { TenantContext } from './context.ts';
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
import { oauthTokenRoute } from './routes/oauth-token.ts';
import { resourceServerRoutes } from './routes/resource-servers.ts';
import { tenantSettingsRoutes } from './routes/tenant-settings.ts';
import { editionOf } from './state/edition.ts';
import { issuerOf } from './state/issuer.ts';
import { seed } from './state/seed.ts';
import { upgrade } from './state/upgrade.ts';
import { StateFileError } from './store/state-file-error.ts';
import type { Store } from './store/store.ts';
import type { KeyMaker } from './tokens/keys.ts';

/** `https://localhost:4400/`: the issuer of a tenant that nobody gave another domain. */
export const defaultDomain = 'localhost:4400';

export interface TenantOptions {
  readonly store: Store;
  /** The time, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly random: Random;
  /** Makes the keys when the state is empty; afterwards the state keeps them. */
  readonly keys: KeyMaker;
  /** The issuer is `https://<domain>/` when the state is empty; afterwards the state tells. */
  readonly domain?: string | undefined;
  /** What the tenant speaks when the state is empty; afterwards the state tells. `preview` unless given. */
  readonly edition?: EditionName | undefined;
  /** No limit unless one is given. */
  readonly rateLimit?: RateLimit | undefined;
}

export interface Tenant {
  /** As the state told it last. */
  readonly issuer: string;
  /** Looks what the state holds by now, and fills an empty one. @throws {StateFileError} */
  ready(): Promise<void>;
  /** @throws {StateFileError} when the state cannot be read or written; every other failure is an answer */
  handle(request: Request): Promise<Response>;
}

/**
 * A tenant with anonymous sessions, in the edition that its state speaks: what Auth0 serves at `https://DOMAIN/`, as far
 * as this project needs it. Refusals carry the service's statuses and bodies.
 */
export function createTenant(options: TenantOptions): Tenant {
  const { store, clock, random, keys, domain = defaultDomain, edition } = options;
  // As the state told it last. One that is empty begins as this, also where it was taken away from a running tenant.
  let told: { issuer: string; edition: EditionName | undefined } = { issuer: `https://${domain}/`, edition };
  const tenant: TenantContext = {
    store,
    clock,
    random,
    get issuer() {
      return told.issuer;
    },
  };
  const app = routes(tenant, options.rateLimit);
  let upgraded = false;
  const ready = async (): Promise<void> => {
    store.refresh();
    await seed({ store, random, keys, ...told });
    if (!upgraded) upgrade(store);
    upgraded = true;
    told = { issuer: issuerOf(store) ?? told.issuer, edition: editionOf(store).name };
  };
  return {
    get issuer() {
      return told.issuer;
    },
    ready,
    async handle(request) {
      const response = await ready().then(
        () => app.fetch(request),
        (error) => failure(error, new URL(request.url).pathname),
      );
      response.headers.set('x-auth0-requestid', randomHex(random, 10));
      // By its own clock, which a test may have moved; a server would take that of the machine.
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
  // What the real service has and this one does not is refused like a call without the right: tools that
  // export a whole tenant take that for a warning, and a 404 for a failure.
  app.all('/api/v2/*', () => {
    throw managementRefusal(403, 'Insufficient scope, expected any of: (not served here)', 'insufficient_scope');
  });
  app.notFound(() => new Response('Not Found', { status: 404 }));
  return app;
}

/** @throws {StateFileError} which is for whoever knows the file */
function failure(error: unknown, path: string): Response {
  if (error instanceof Refusal) return error.response();
  if (error instanceof StateFileError) throw error;
  return outage(path);
}

/** The answer to a request that nothing is wrong with: 500, saying why where that is known. */
export function outage(path: string, why?: string): Response {
  return refusalAt(path, 500, 'server_error', why ?? 'An internal server error occurred').response();
}
