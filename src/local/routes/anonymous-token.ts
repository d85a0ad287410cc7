import { Hono } from 'hono/quick';
import {
  type AnonymousTokenRequest,
  type AnonymousTokenResponse,
  anonymousTokenPath,
  anonymousTransferAudience,
} from '../../wire/anonymous-token.ts';
import { mappedClaims } from '../../wire/claims-mapping.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import type { TenantContext } from '../context.ts';
import { type ApiForGuests, checkGuestsAllowed, findApi, grantScopes } from '../guests/gates.ts';
import { nextSession, readSession, sessionCookie, sessionSettings } from '../guests/session.ts';
import { writeSessionToken, writeTransferTicket } from '../guests/session-token.ts';
import { anonymousTokenRefusal } from '../http/refusal.ts';
import { randomToken } from '../random.ts';
import { editionOf } from '../state/edition.ts';
import { tenantKeys } from '../tokens/keys.ts';
import { signToken } from '../tokens/signed-token.ts';
import type { AnonymousVariables } from './anonymous-cors.ts';
import { authenticate, readMembers, readRequest } from './anonymous-request.ts';

const uncached = { 'cache-control': 'no-store' };

/**
 * POST /anonymous/token: creates a guest session, or updates or renews the session whose token the request has. The
 * checks run in this order: body, client, client authentication, feature, application, session token, audience, scope,
 * metadata. @see wire contract, section 2
 */
export function anonymousTokenRoute(tenant: TenantContext): Hono<AnonymousVariables> {
  return new Hono<AnonymousVariables>().post(anonymousTokenPath, async (c) => {
    const edition = editionOf(tenant.store);
    const authorization = c.req.header('authorization') ?? null;
    const { body, credentials } = readRequest(edition, await readMembers(c.req.raw), authorization);
    c.set('clientId', credentials.clientId);
    const client = await authenticate(tenant, credentials, c.req.url);
    checkGuestsAllowed(tenant, client);
    const before = readSession(tenant, { body, cookies: c.req.header('cookie') }, client);
    if (edition.mintsTransferTickets && body.audience === anonymousTransferAudience) {
      return c.json({ anon_transfer_token: ticketFor(tenant, before) }, 200, uncached);
    }
    const api = findApi(tenant, body, client);
    const granted = grantScopes(api.scopes, body.scope);
    const session = nextSession(tenant, body, client, before);
    const tokens = await answer(tenant, { request: body, session, before, api, granted });
    return c.json(tokens, 200, { ...uncached, ...cookieFor(tenant, tokens) });
  });
}

/** Assumed: a request without a session is refused. */
function ticketFor(tenant: TenantContext, session: SessionTokenClaims | undefined): string {
  if (session) return writeTransferTicket(tenant, session);
  throw anonymousTokenRefusal('invalid_request', 'session_token is required for a transfer token.');
}

/** With the cookie enabled, every response with a session token sets it. */
function cookieFor(tenant: TenantContext, tokens: AnonymousTokenResponse): Record<string, string> {
  const { session_token: token, session_expires_in: left } = tokens;
  if (token === undefined || left === undefined || sessionSettings(tenant).cookie !== true) return {};
  return { 'set-cookie': sessionCookie(token, left) };
}

interface Grant {
  readonly request: AnonymousTokenRequest;
  readonly session: SessionTokenClaims;
  readonly before: SessionTokenClaims | undefined;
  readonly api: ApiForGuests;
  readonly granted: readonly string[];
}

async function answer(tenant: TenantContext, grant: Grant): Promise<AnonymousTokenResponse> {
  const { request, session, api } = grant;
  const edition = editionOf(tenant.store);
  const keys = tenantKeys(tenant.store);
  const granted = grant.granted.join(' ');
  const now = Math.floor(tenant.clock() / 1000);
  const sessionLeft = (session.exp ?? Number.POSITIVE_INFINITY) - now;
  // An access token never lasts longer than its session.
  const lifetime = Math.min(api.access.tokenLifetimeSeconds ?? edition.guestTokenLifetime.defaultSeconds, sessionLeft);
  const format = { format: sessionSettings(tenant).tokenFormat, prefix: edition.sessionTokenPrefix };
  const isNew = grant.before === undefined || edition.updatesMetadata;
  const [sessionToken, accessToken] = await Promise.all([
    isNew ? writeSessionToken(keys, tenant.random, format, session) : undefined,
    signToken(keys, 'JWT', {
      iss: tenant.issuer,
      sub: session.user_id,
      aud: api.audience,
      iat: now,
      exp: now + lifetime,
      ...(granted !== '' && { scope: granted }),
      azp: session.client_id,
      jti: randomToken(tenant.random, 16),
      ...mappedClaims(api.claims, session),
    }),
  ]);
  return {
    ...(sessionToken !== undefined && { session_token: sessionToken }),
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: lifetime,
    ...(edition.reportsSessionLifetime && { session_expires_in: sessionLeft }),
    ...(granted !== request.scope && { scope: granted }),
  };
}
