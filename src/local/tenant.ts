import { Hono } from 'hono/quick';
import type { EditionName } from '../wire/edition/edition.ts';
import type { KeyMaker } from './keys.ts';
import { type Random, randomHex } from './random.ts';
import { fullBucket, type RateLimit, rateLimiter } from './rate-limit.ts';
import { managementRefusal, oauthRefusal, Refusal } from './refusal.ts';
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
import { seed } from './state.ts';
import type { Store } from './store/store.ts';
import { upgrade } from './upgrade.ts';

/** `https://localhost:4400/`: the issuer of a tenant that nobody gave another domain. */
export const defaultDomain = 'localhost:4400';

export interface TenantOptions {
  readonly store: Store;
  /** The time, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly random: Random;
  /** Makes the keys when the state is empty; afterwards the state keeps them. */
  readonly keys: KeyMaker;
  /** The issuer is `https://<domain>/`, whatever address the tenant is served at. */
  readonly domain?: string | undefined;
  /** What the tenant speaks when the state is empty; afterwards the state tells. `preview` unless given. */
  readonly edition?: EditionName | undefined;
  /** No limit unless one is given. */
  readonly rateLimit?: RateLimit | undefined;
}

/** What every route needs to know of its tenant. */
export interface TenantScope {
  readonly store: Store;
  readonly clock: () => number;
  readonly random: Random;
  readonly issuer: string;
}

export interface Tenant {
  readonly issuer: string;
  handle(request: Request): Promise<Response>;
}

/**
 * A tenant with anonymous sessions, in the edition that its state speaks: what Auth0 serves at `https://DOMAIN/`, as far
 * as this project needs it. Refusals carry the service's statuses and bodies.
 */
export function createTenant(options: TenantOptions): Tenant {
  const { store, clock, random, keys, domain = defaultDomain, edition } = options;
  const issuer = `https://${domain}/`;
  const app = routes({ store, clock, random, issuer }, options.rateLimit);
  let upgraded = false;
  const answer = async (request: Request): Promise<Response> => {
    try {
      store.refresh();
      await seed({ store, random, keys, issuer, edition });
      if (!upgraded) upgrade(store);
      upgraded = true;
    } catch (error) {
      return failure(error, new URL(request.url).pathname);
    }
    return app.fetch(request);
  };
  return {
    issuer,
    async handle(request) {
      const response = await answer(request);
      response.headers.set('x-auth0-requestid', randomHex(random, 10));
      // By its own clock, which a test may have moved; a server would take that of the machine.
      response.headers.set('date', new Date(clock()).toUTCString());
      return response;
    },
  };
}

function routes(scope: TenantScope, rateLimit: RateLimit | undefined): Hono {
  const app = new Hono();
  app.onError((error, c) => failure(error, c.req.path));
  app.use('/anonymous/*', anonymousCors(scope));
  if (rateLimit) app.use(rateLimiter(rateLimit, scope.clock));
  else app.use('/api/v2/*', fullBucket(scope.clock));
  app.route('/', anonymousTokenRoute(scope));
  app.route('/', anonymousLogoutRoute(scope));
  app.route('/', oauthTokenRoute(scope));
  app.route('/', discoveryRoutes(scope));
  app.route('/', tenantSettingsRoutes(scope));
  app.route('/', clientRoutes(scope));
  app.route('/', clientCredentialRoutes(scope));
  app.route('/', resourceServerRoutes(scope));
  app.route('/', clientGrantRoutes(scope));
  // What the real service has and this one does not is refused like a call without the right: tools that
  // export a whole tenant take that for a warning, and a 404 for a failure.
  app.all('/api/v2/*', () => {
    throw managementRefusal(403, 'Insufficient scope, expected any of: (not served here)', 'insufficient_scope');
  });
  app.notFound(() => new Response('Not Found', { status: 404 }));
  return app;
}

function failure(error: unknown, path: string): Response {
  if (error instanceof Refusal) return error.response();
  if (path.startsWith('/api/v2/')) return managementRefusal(500, 'An internal server error occurred').response();
  return oauthRefusal(500, 'server_error', 'The tenant failed to handle the request.').response();
}
