import { Hono } from 'hono/quick';
import {
  type AnonymousTokenRequest,
  type AnonymousTokenResponse,
  anonymousTokenPath,
  anonymousTransferAudience,
} from '../../wire/anonymous-token.ts';
import { mappedClaims } from '../../wire/claims-mapping.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import { authenticate } from '../guests/client.ts';
import { type ApiForGuests, checkGuestsAllowed, findApi, grantScopes } from '../guests/gates.ts';
import { nextSession, readSession, sessionSettings } from '../guests/session.ts';
import { sessionCookie } from '../guests/session-cookie.ts';
import { writeSessionToken } from '../guests/session-token.ts';
import { writeTransferTicket } from '../guests/transfer-ticket.ts';
import { anonymousTokenRefusal } from '../http/refusal.ts';
import { randomToken } from '../random.ts';
import type { TenantScope } from '../scope.ts';
import { editionOf } from '../state/edition.ts';
import { tenantKeys } from '../tokens/keys.ts';
import { signToken } from '../tokens/signed-token.ts';
import type { AnonymousVariables } from './anonymous-cors.ts';
import { readMembers, readRequest } from './anonymous-request.ts';

const uncached = { 'cache-control': 'no-store' };

/**
 * POST /anonymous/token: creates a guest session, or updates or renews the one whose token comes with the
 * request. The checks run in this order: body, client, its authentication, feature, application, session
 * token, audience, scope, metadata. @see wire contract, section 2
 */
export function anonymousTokenRoute(scope: TenantScope): Hono<AnonymousVariables> {
  return new Hono<AnonymousVariables>().post(anonymousTokenPath, async (c) => {
    const edition = editionOf(scope.store);
    const authorization = c.req.header('authorization') ?? null;
    const { body, credentials } = readRequest(edition, await readMembers(c.req.raw), authorization);
    c.set('clientId', credentials.clientId);
    const client = await authenticate(scope, credentials, c.req.url);
    checkGuestsAllowed(scope, client);
    const before = readSession(scope, { body, cookies: c.req.header('cookie') }, client);
    if (edition.mintsTransferTickets && body.audience === anonymousTransferAudience) {
      return c.json({ anon_transfer_token: ticketFor(scope, before) }, 200, uncached);
    }
    const api = findApi(scope, body, client);
    const granted = grantScopes(api.scopes, body.scope);
    const session = nextSession(scope, body, client, before);
    const tokens = await answer(scope, { request: body, session, before, api, granted });
    return c.json(tokens, 200, { ...uncached, ...cookieFor(scope, tokens) });
  });
}

/** Assumed: the refusal of a request without a session. */
function ticketFor(scope: TenantScope, session: SessionTokenClaims | undefined): string {
  if (session) return writeTransferTicket(scope, session);
  throw anonymousTokenRefusal('invalid_request', 'session_token is required for a transfer token.');
}

/** Where the edition has a cookie and the tenant wants it, whoever gets a session token gets that too. */
function cookieFor(scope: TenantScope, tokens: AnonymousTokenResponse): Record<string, string> {
  const { session_token: token, session_expires_in: left } = tokens;
  if (token === undefined || left === undefined || sessionSettings(scope).cookie !== true) return {};
  return { 'set-cookie': sessionCookie(token, left) };
}

interface Grant {
  readonly request: AnonymousTokenRequest;
  readonly session: SessionTokenClaims;
  readonly before: SessionTokenClaims | undefined;
  readonly api: ApiForGuests;
  readonly granted: readonly string[];
}

async function answer(scope: TenantScope, grant: Grant): Promise<AnonymousTokenResponse> {
  const { request, session, api } = grant;
  const edition = editionOf(scope.store);
  const keys = tenantKeys(scope.store);
  const granted = grant.granted.join(' ');
  const now = Math.floor(scope.clock() / 1000);
  const sessionLeft = (session.exp ?? Number.POSITIVE_INFINITY) - now;
  // An access token never outlives its session.
  const lifetime = Math.min(api.access.tokenLifetimeSeconds ?? edition.guestTokenLifetime.defaultSeconds, sessionLeft);
  const format = { format: sessionSettings(scope).tokenFormat, prefix: edition.sessionTokenPrefix };
  const isNew = grant.before === undefined || edition.updatesMetadata;
  const [sessionToken, accessToken] = await Promise.all([
    isNew ? writeSessionToken(keys, scope.random, format, session) : undefined,
    signToken(keys, 'JWT', {
      iss: scope.issuer,
      sub: session.user_id,
      aud: api.audience,
      iat: now,
      exp: now + lifetime,
      ...(granted !== '' && { scope: granted }),
      azp: session.client_id,
      jti: randomToken(scope.random, 16),
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
