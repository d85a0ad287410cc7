import type { MiddlewareHandler } from 'hono';
import { allowsOrigin, isOrigin, originKeys } from '../../wire/allowed-origin.ts';
import { anonymousLogoutPath } from '../../wire/anonymous-logout.ts';
import { anonymousTokenPath } from '../../wire/anonymous-token.ts';
import { jwksPath, oauthServerMetadataPath, openidConfigurationPath } from '../../wire/discovery.ts';
import { revocationPath, userinfoPath } from '../../wire/login.ts';
import { oauthTokenPath } from '../../wire/oauth.ts';
import { type MomentBindings, note } from '../scope.ts';
import type { StoreReader } from '../store/store.ts';

export interface CorsVariables extends MomentBindings {
  /** The client id in the request; set once the request has been read. */
  Variables: { clientId: string | undefined };
}

interface Rule {
  readonly method: 'GET' | 'POST';
  /** Whether pages of any origin may call, or only those of applications. */
  readonly origins: 'any' | 'of applications';
  /** Whether the browser sends and saves cookies. */
  readonly hasCookies?: boolean;
  /** Whether the request has an access token, which the response may refuse with a challenge. */
  readonly hasToken?: boolean;
}

const guests: Rule = { method: 'POST', origins: 'of applications', hasCookies: true };
const tokens: Rule = { method: 'POST', origins: 'of applications' };
const users: Rule = { method: 'GET', origins: 'of applications', hasToken: true };
const metadata: Rule = { method: 'GET', origins: 'any' };

/** Which endpoints pages may call. */
const rules: ReadonlyMap<string, Rule> = new Map([
  [anonymousTokenPath, guests],
  [anonymousLogoutPath, guests],
  [oauthTokenPath, tokens],
  [revocationPath, tokens],
  [userinfoPath, users],
  [jwksPath, metadata],
  [openidConfigurationPath, metadata],
  [oauthServerMetadataPath, metadata],
]);

export const corsPaths: readonly string[] = [...rules.keys()];

/** What the service's SDKs send. Any other header is refused, as by the service. */
const requestHeaders = 'content-type, auth0-client';

/** Assumed: pages may read when to try again. */
const responseHeaders = 'retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset';

/** Assumed: how long a browser may reuse the answer to a preflight request. */
const preflightSeconds = '600';

/**
 * Lets pages call an endpoint of {@link corsPaths} and read its responses and refusals. A preflight request names no
 * application, so the origins of all applications are allowed there.
 * @see Fetch, section 3.2; wire contract, section 4
 */
export function cors(store: StoreReader): MiddlewareHandler<CorsVariables> {
  return async (c, next) => {
    const origin = c.req.header('origin');
    if (origin === undefined) return next();
    if (isPreflight(c.req.raw)) c.res = new Response(null, { status: 204 });
    else await next();
    const headers = await corsHeaders(store, c.req.raw, c.req.path, c.get('clientId'));
    if (!('access-control-allow-origin' in headers)) note(c.env, { refusedOrigin: origin });
    for (const [name, value] of Object.entries(headers)) c.header(name, value, { append: name === 'vary' });
  };
}

/**
 * As {@link cors}, for the response to a request that did not reach the routes, because the state cannot be read. The
 * origin is looked up in what is still in memory.
 */
export async function withCors(
  failed: Response,
  { request, path, store }: { request: Request; path: string; store: StoreReader },
): Promise<Response> {
  if (!request.headers.has('origin')) return failed;
  const headers = await corsHeaders(store, request, path, undefined).catch(() => ({}));
  // A page can read a failure only after a preflight request that succeeded.
  const passes = isPreflight(request) && 'access-control-allow-origin' in headers;
  const response = passes ? new Response(null, { status: 204 }) : failed;
  for (const [name, value] of Object.entries(headers)) response.headers.append(name, value);
  return response;
}

function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.has('access-control-request-method');
}

async function corsHeaders(
  store: StoreReader,
  request: Request,
  path: string,
  clientId: string | undefined,
): Promise<Record<string, string>> {
  const rule = rules.get(path);
  if (!rule) return {};
  if (rule.origins === 'any') return allowing('*', rule, request);
  const origin = request.headers.get('origin') ?? '';
  const isAllowed = isOrigin(origin) && (await mayCall(store, origin, clientId));
  return { vary: 'Origin', ...(isAllowed && allowing(origin, rule, request)) };
}

function allowing(origin: string, { method, hasCookies, hasToken }: Rule, request: Request): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    ...(hasCookies && { 'access-control-allow-credentials': 'true' }),
    ...(isPreflight(request)
      ? {
          'access-control-allow-methods': `${method}, OPTIONS`,
          'access-control-allow-headers': hasToken ? `${requestHeaders}, authorization` : requestHeaders,
          'access-control-max-age': preflightSeconds,
        }
      : { 'access-control-expose-headers': hasToken ? `${responseHeaders}, www-authenticate` : responseHeaders }),
  };
}

/**
 * Whether pages at an origin may call the tenant as an application. Without a client id, or with an unknown one: whether
 * they may as any application.
 */
async function mayCall(store: StoreReader, origin: string, clientId: string | undefined): Promise<boolean> {
  const client = clientId === undefined ? undefined : await store.get('client', clientId);
  if (client) return allowsOrigin(client, origin);
  for (const value of originKeys(origin)) {
    const where = { lookup: 'origin', value };
    const first = await store.find('client', where);
    if (!first) continue;
    // Several applications may have other wildcards with this key.
    if (allowsOrigin(first, origin)) return true;
    if ((await store.list('client', where)).some((other) => allowsOrigin(other, origin))) return true;
  }
  return false;
}
