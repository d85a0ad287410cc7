import { Hono } from 'hono/quick';
import {
  type AnonymousTokenRequest,
  type AnonymousTokenResponse,
  anonymousTokenPath,
  anonymousTokenRequest,
} from '../../wire/anonymous-token.ts';
import { check, type JsonObject } from '../../wire/schema.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import { type ClientCredentials, CredentialsError, readClientCredentials } from '../client-credentials.ts';
import { authenticate } from '../guest-client.ts';
import { type ApiForGuests, checkGuestsAllowed, findApi, grantScopes } from '../guest-gates.ts';
import { nextSession, readSession, sessionSettings } from '../guest-session.ts';
import { tenantKeys } from '../keys.ts';
import { randomToken } from '../random.ts';
import { anonymousTokenRefusal } from '../refusal.ts';
import { BodyError, readBody } from '../request-body.ts';
import { writeSessionToken } from '../session-token.ts';
import { signToken } from '../signed-token.ts';
import type { TenantScope } from '../tenant.ts';

/**
 * POST /anonymous/token: creates a guest session, or updates the one whose token comes with the request.
 * The checks run in this order: body, client, its authentication, feature, application, session token,
 * audience, scope, metadata. @see wire contract, section 2
 */
export function anonymousTokenRoute(scope: TenantScope): Hono {
  return new Hono().post(anonymousTokenPath, async (c) => {
    const authorization = c.req.header('authorization') ?? null;
    const request = readRequest(await readMembers(c.req.raw), authorization);
    const client = authenticate(scope, request.credentials);
    checkGuestsAllowed(scope, client);
    const before = readSession(scope, request.body, client);
    const api = findApi(scope, request.body, client);
    const granted = grantScopes(api.scopes, request.body.scope);
    const session = nextSession(scope, request.body, client, before);
    const tokens = await answer(scope, { request: request.body, session, api, granted });
    return c.json(tokens, 200, { 'cache-control': 'no-store' });
  });
}

async function readMembers(request: Request): Promise<JsonObject> {
  try {
    return await readBody(request);
  } catch (error) {
    if (error instanceof BodyError) throw anonymousTokenRefusal('invalid_request', error.message);
    throw error;
  }
}

function readRequest(
  members: JsonObject,
  authorization: string | null,
): { body: AnonymousTokenRequest; credentials: ClientCredentials } {
  try {
    const named = authorization
      ? { ...members, client_id: members.client_id ?? basicClientId(authorization) }
      : members;
    const checked = check(anonymousTokenRequest, named);
    if (!checked.ok) throw anonymousTokenRefusal('invalid_request', `${checked.problem}.`);
    return { body: checked.value, credentials: readClientCredentials(authorization, checked.value) };
  } catch (error) {
    if (error instanceof CredentialsError) throw anonymousTokenRefusal('invalid_request', error.message);
    throw error;
  }
}

/** With HTTP Basic the header names the client and the body need not. */
function basicClientId(authorization: string): string | undefined {
  return readClientCredentials(authorization, {}).clientId;
}

interface Grant {
  readonly request: AnonymousTokenRequest;
  readonly session: SessionTokenClaims;
  readonly api: ApiForGuests;
  readonly granted: readonly string[];
}

async function answer(scope: TenantScope, grant: Grant): Promise<AnonymousTokenResponse> {
  const { request, session, api } = grant;
  const keys = tenantKeys(scope.store);
  const granted = grant.granted.join(' ');
  // An access token never outlives its session.
  const lifetime = Math.min(api.access.tokenLifetimeSeconds, (session.exp ?? Number.POSITIVE_INFINITY) - session.iat);
  const [sessionToken, accessToken] = await Promise.all([
    writeSessionToken(keys, scope.random, sessionSettings(scope).tokenFormat, session),
    signToken(keys, 'JWT', {
      iss: scope.issuer,
      sub: session.user_id,
      aud: api.audience,
      iat: session.iat,
      exp: session.iat + lifetime,
      ...(granted !== '' && { scope: granted }),
      azp: session.client_id,
      jti: randomToken(scope.random, 16),
    }),
  ]);
  return {
    session_token: sessionToken,
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: lifetime,
    ...(granted !== request.scope && { scope: granted }),
  };
}
