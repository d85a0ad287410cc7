import { Hono } from 'hono/quick';
import {
  type AnonymousTokenRequest,
  type AnonymousTokenResponse,
  anonymousScope,
  anonymousTokenPath,
  anonymousTokenRequest,
} from '../../wire/anonymous-token.ts';
import type { GuestAccess, SessionSettings } from '../../wire/edition/edition.ts';
import { mergeMetadata, metadataBytes, metadataMaxBytes, refusedMetadataKey } from '../../wire/metadata.ts';
import { check, type JsonObject } from '../../wire/schema.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import { type ClientCredentials, CredentialsError, readClientCredentials, sameSecret } from '../client-credentials.ts';
import { tenantKeys } from '../keys.ts';
import { randomToken, randomUuid } from '../random.ts';
import { anonymousTokenRefusal } from '../refusal.ts';
import { BodyError, readBody } from '../request-body.ts';
import { readSessionToken, writeSessionToken } from '../session-token.ts';
import { signToken } from '../signed-token.ts';
import { localEdition } from '../state.ts';
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
    const before = await readSession(scope, request.body, client);
    const api = findApi(scope, request.body);
    const granted = grantScopes(api.access, api.scopes, request.body.scope);
    const session = nextSession(scope, request.body, client, before);
    return c.json(
      await answer(scope, { request: request.body, session, audience: api.audience, access: api.access, granted }),
      200,
      {
        'cache-control': 'no-store',
      },
    );
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

function authenticate(scope: TenantScope, credentials: ClientCredentials): JsonObject {
  const refusal = anonymousTokenRefusal(
    'invalid_client',
    'Client authentication failed.',
    credentials.method === 'client_secret_basic' ? { 'www-authenticate': 'Basic realm="local"' } : {},
  );
  const client = scope.store.get('client', credentials.clientId ?? '');
  if (client === undefined || client.global === true) throw refusal;
  if (credentials.method === undefined && client.token_endpoint_auth_method === 'none') return client;
  // No key can be registered here, so an assertion never matches one.
  if (credentials.method === 'private_key_jwt') throw refusal;
  const required = client.token_endpoint_auth_method ?? credentials.method;
  if (required !== 'none' && required !== credentials.method) throw refusal;
  if (!sameSecret(credentials.secret, client.client_secret)) throw refusal;
  return client;
}

function checkGuestsAllowed(scope: TenantScope, client: JsonObject): void {
  const flags = settingsOf(scope).flags as JsonObject | undefined;
  if (flags?.anonymous_sessions_enabled === false) {
    throw anonymousTokenRefusal('feature_not_enabled', 'Anonymous sessions are not enabled for this tenant.');
  }
  if (!localEdition.client.read(client).enabled) {
    throw anonymousTokenRefusal('unauthorized_client', 'Anonymous sessions are not enabled for this client.');
  }
}

async function readSession(
  scope: TenantScope,
  request: AnonymousTokenRequest,
  client: JsonObject,
): Promise<SessionTokenClaims | undefined> {
  if (request.session_token === undefined) return undefined;
  if (request.user_id !== undefined) {
    throw anonymousTokenRefusal('invalid_request', 'user_id cannot be provided when session_token is present.');
  }
  const session = await readSessionToken(tenantKeys(scope.store), request.session_token);
  if (session === undefined || session.client_id !== client.client_id) {
    throw anonymousTokenRefusal('invalid_session_token', 'The session token is not valid.');
  }
  if (session.exp !== undefined && session.exp <= seconds(scope)) {
    throw anonymousTokenRefusal('session_expired', 'The session has expired.');
  }
  return session;
}

interface ApiForGuests {
  readonly audience: string;
  readonly access: GuestAccess;
  /** Every scope that the API defines. */
  readonly scopes: readonly string[];
}

function findApi(scope: TenantScope, request: AnonymousTokenRequest): ApiForGuests {
  const audience = request.audience || settingsOf(scope).default_audience;
  if (typeof audience !== 'string' || audience === '') {
    throw anonymousTokenRefusal('invalid_target', 'audience is required: the tenant has no default audience.');
  }
  const server = scope.store.list('resource_server').find((candidate) => candidate.identifier === audience);
  const access = server && localEdition.resourceServer.read(server);
  if (!server || !access?.enabled) {
    throw anonymousTokenRefusal('invalid_target', 'The audience does not exist or does not allow anonymous access.');
  }
  const scopes = Array.isArray(server.scopes) ? server.scopes.map((item: { value: string }) => item.value) : [];
  return { audience, access, scopes };
}

/** What a guest gets of what was asked: all of it or nothing. Left out means every scope guests may have. */
function grantScopes(access: GuestAccess, defined: readonly string[], asked: string | undefined): readonly string[] {
  const available = access.scopes.filter((value) => defined.includes(value));
  if (asked === undefined) return available;
  const wanted = new Set(asked.split(' ').filter((value) => value !== '' && value !== anonymousScope));
  for (const value of wanted) {
    if (!available.includes(value)) {
      throw anonymousTokenRefusal(
        'invalid_scope',
        'A requested scope is not available to anonymous users of this API.',
      );
    }
  }
  return [...wanted];
}

/** The claims of the session token to hand out; an update gets a full lifetime again. */
function nextSession(
  scope: TenantScope,
  request: AnonymousTokenRequest,
  client: JsonObject,
  before: SessionTokenClaims | undefined,
): SessionTokenClaims {
  const now = seconds(scope);
  const { lifetimeSeconds } = sessionSettings(scope);
  return {
    iss: scope.issuer,
    client_id: String(client.client_id),
    user_id: before?.user_id ?? request.user_id ?? `${localEdition.guestIdPrefix}${randomUuid(scope.random)}`,
    session_id: before?.session_id ?? `sess_${randomToken(scope.random, 18)}`,
    created_at: before?.created_at ?? new Date(scope.clock()).toISOString(),
    metadata: nextMetadata(before?.metadata ?? {}, request.metadata ?? {}),
    iat: now,
    ...(lifetimeSeconds > 0 && { exp: now + lifetimeSeconds }),
  };
}

function nextMetadata(current: JsonObject, change: JsonObject): JsonObject {
  if (refusedMetadataKey(change) !== undefined) {
    throw anonymousTokenRefusal('invalid_request', 'metadata contains a key that is not allowed.');
  }
  const merged = mergeMetadata(current, change);
  if (metadataBytes(change) > metadataMaxBytes || metadataBytes(merged) > metadataMaxBytes) {
    throw anonymousTokenRefusal('invalid_request', 'metadata exceeds the maximum allowed size');
  }
  return merged;
}

interface Grant {
  readonly request: AnonymousTokenRequest;
  readonly session: SessionTokenClaims;
  readonly audience: string;
  readonly access: GuestAccess;
  readonly granted: readonly string[];
}

async function answer(scope: TenantScope, grant: Grant): Promise<AnonymousTokenResponse> {
  const { request, session, audience, access } = grant;
  const keys = tenantKeys(scope.store);
  const granted = grant.granted.join(' ');
  // An access token never outlives its session.
  const lifetime = Math.min(access.tokenLifetimeSeconds, (session.exp ?? Number.POSITIVE_INFINITY) - session.iat);
  const [sessionToken, accessToken] = await Promise.all([
    writeSessionToken(keys, scope.random, sessionSettings(scope).tokenFormat, session),
    signToken(keys, 'JWT', {
      iss: scope.issuer,
      sub: session.user_id,
      aud: audience,
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

function sessionSettings(scope: TenantScope): SessionSettings {
  return localEdition.tenant.read(settingsOf(scope));
}

function settingsOf(scope: TenantScope): JsonObject {
  return scope.store.get('tenant', 'settings') ?? {};
}

function seconds(scope: TenantScope): number {
  return Math.floor(scope.clock() / 1000);
}
