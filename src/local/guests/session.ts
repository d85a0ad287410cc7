import type { AnonymousTokenRequest } from '../../wire/anonymous-token.ts';
import type { Edition, SessionSettings } from '../../wire/edition/edition.ts';
import {
  mergeMetadata,
  metadataBytes,
  metadataMaxBytes,
  nestedMetadataKeys,
  refusedMetadataKey,
} from '../../wire/metadata.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import { anonymousTokenRefusal } from '../http/refusal.ts';
import { randomToken, randomUuid } from '../random.ts';
import type { TenantScope } from '../scope.ts';
import { editionOf, settingsOf } from '../state/edition.ts';
import { tenantKeys } from '../tokens/keys.ts';
import { readSessionCookie } from './session-cookie.ts';
import { readSessionToken } from './session-token.ts';

interface SessionBearer {
  readonly body: AnonymousTokenRequest;
  /** The `Cookie` header. */
  readonly cookies: string | undefined;
}

/** The session that a request updates or renews, or undefined for one that creates. @throws {Refusal} invalid_session_token, session_expired */
export function readSession(
  scope: TenantScope,
  { body, cookies }: SessionBearer,
  client: JsonObject,
): SessionTokenClaims | undefined {
  const fromCookie = cookies === undefined ? undefined : cookieSession(scope, cookies, client);
  if (fromCookie === undefined && body.session_token === undefined) return undefined;
  if (body.user_id !== undefined) {
    throw anonymousTokenRefusal('invalid_request', 'user_id cannot be provided when session_token is present.');
  }
  if (body.metadata !== undefined && !editionOf(scope.store).updatesMetadata) {
    throw anonymousTokenRefusal('invalid_request', 'metadata cannot be provided when session_token is present');
  }
  return fromCookie ?? bodySession(scope, body.session_token ?? '', client);
}

/**
 * The cookie goes before the body. Assumed: one that is no live session of this application is as good as none;
 * browsers send it whatever a page wants, and could never get rid of it.
 */
function cookieSession(scope: TenantScope, cookies: string, client: JsonObject): SessionTokenClaims | undefined {
  if (sessionSettings(scope).cookie !== true) return undefined;
  const token = readSessionCookie(cookies);
  const session = token === undefined ? undefined : sessionOf(scope, token, client);
  return session && !isExpired(scope, session) ? session : undefined;
}

function bodySession(scope: TenantScope, token: string, client: JsonObject): SessionTokenClaims {
  const session = sessionOf(scope, token, client);
  if (session === undefined) {
    throw anonymousTokenRefusal('invalid_session_token', 'The session token is not valid.');
  }
  if (isExpired(scope, session)) throw anonymousTokenRefusal('session_expired', 'The session has expired.');
  return session;
}

/** A session token belongs to one application. */
function sessionOf(scope: TenantScope, token: string, client: JsonObject): SessionTokenClaims | undefined {
  const session = readSessionToken(tenantKeys(scope.store), editionOf(scope.store), token);
  return session?.client_id === client.client_id ? session : undefined;
}

function isExpired(scope: TenantScope, { exp }: SessionTokenClaims): boolean {
  return exp !== undefined && exp <= seconds(scope);
}

/** The session after a request: a new one, one that is updated and gets a full lifetime again, or where that cannot be, the same. */
export function nextSession(
  scope: TenantScope,
  request: AnonymousTokenRequest,
  client: JsonObject,
  before: SessionTokenClaims | undefined,
): SessionTokenClaims {
  const edition = editionOf(scope.store);
  if (before && !edition.updatesMetadata) return before;
  const now = seconds(scope);
  const { lifetimeSeconds } = sessionSettings(scope);
  return {
    iss: scope.issuer,
    client_id: String(client.client_id),
    user_id: before?.user_id ?? request.user_id ?? `${edition.guestIdPrefix}${randomUuid(scope.random)}`,
    session_id: before?.session_id ?? `sess_${randomToken(scope.random, 18)}`,
    created_at: before?.created_at ?? edition.writeTime(scope.clock()),
    metadata: nextMetadata(edition, before?.metadata ?? {}, request.metadata ?? {}),
    iat: now,
    ...(lifetimeSeconds > 0 && { exp: now + lifetimeSeconds }),
  };
}

function nextMetadata(edition: Edition, current: JsonObject, change: JsonObject): JsonObject {
  if (refusedMetadataKey(change) !== undefined) {
    throw anonymousTokenRefusal('invalid_request', 'metadata contains a key that is not allowed.');
  }
  if (!edition.nestsMetadata && nestedMetadataKeys(change).length > 0) {
    throw anonymousTokenRefusal('invalid_request', 'metadata values must not be objects or arrays.');
  }
  const merged = mergeMetadata(current, change);
  if (metadataBytes(change) > metadataMaxBytes || metadataBytes(merged) > metadataMaxBytes) {
    throw anonymousTokenRefusal('invalid_request', 'metadata exceeds the maximum allowed size');
  }
  return merged;
}

export function sessionSettings(scope: TenantScope): SessionSettings {
  return editionOf(scope.store).tenant.read(settingsOf(scope.store));
}

function seconds(scope: TenantScope): number {
  return Math.floor(scope.clock() / 1000);
}
