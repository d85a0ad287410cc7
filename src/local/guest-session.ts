import type { AnonymousTokenRequest } from '../wire/anonymous-token.ts';
import type { SessionSettings } from '../wire/edition/edition.ts';
import { mergeMetadata, metadataBytes, metadataMaxBytes, refusedMetadataKey } from '../wire/metadata.ts';
import type { JsonObject } from '../wire/schema.ts';
import type { SessionTokenClaims } from '../wire/session-token.ts';
import { editionOf, settingsOf } from './edition.ts';
import { tenantKeys } from './keys.ts';
import { randomToken, randomUuid } from './random.ts';
import { anonymousTokenRefusal } from './refusal.ts';
import { readSessionToken } from './session-token.ts';
import type { TenantScope } from './tenant.ts';

/** The session that a request updates, or undefined for one that creates. @throws {Refusal} invalid_session_token, session_expired */
export function readSession(
  scope: TenantScope,
  request: AnonymousTokenRequest,
  client: JsonObject,
): SessionTokenClaims | undefined {
  if (request.session_token === undefined) return undefined;
  if (request.user_id !== undefined) {
    throw anonymousTokenRefusal('invalid_request', 'user_id cannot be provided when session_token is present.');
  }
  const session = readSessionToken(tenantKeys(scope.store), request.session_token);
  if (session === undefined || session.client_id !== client.client_id) {
    throw anonymousTokenRefusal('invalid_session_token', 'The session token is not valid.');
  }
  if (session.exp !== undefined && session.exp <= seconds(scope)) {
    throw anonymousTokenRefusal('session_expired', 'The session has expired.');
  }
  return session;
}

/** The claims of the session token to hand out; an update gets a full lifetime again. */
export function nextSession(
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
    user_id: before?.user_id ?? request.user_id ?? `${editionOf(scope.store).guestIdPrefix}${randomUuid(scope.random)}`,
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

export function sessionSettings(scope: TenantScope): SessionSettings {
  return editionOf(scope.store).tenant.read(settingsOf(scope.store));
}

function seconds(scope: TenantScope): number {
  return Math.floor(scope.clock() / 1000);
}
