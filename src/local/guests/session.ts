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
import type { TenantContext } from '../context.ts';
import { anonymousTokenRefusal } from '../http/refusal.ts';
import { randomToken, randomUuid } from '../random.ts';
import { editionOf, settingsOf } from '../state/edition.ts';
import { tenantKeys } from '../tokens/keys.ts';
import { readSessionToken } from './session-token.ts';

interface SessionBearer {
  readonly body: AnonymousTokenRequest;
  /** The `Cookie` header. */
  readonly cookies: string | undefined;
}

/** The session that a request updates or renews; undefined when it creates one. @throws {Refusal} invalid_session_token, session_expired */
export function readSession(
  tenant: TenantContext,
  { body, cookies }: SessionBearer,
  client: JsonObject,
): SessionTokenClaims | undefined {
  const fromCookie = cookies === undefined ? undefined : cookieSession(tenant, cookies, client);
  if (fromCookie === undefined && body.session_token === undefined) return undefined;
  if (body.user_id !== undefined) {
    throw anonymousTokenRefusal('invalid_request', 'user_id cannot be provided when session_token is present.');
  }
  if (body.metadata !== undefined && !editionOf(tenant.store).updatesMetadata) {
    throw anonymousTokenRefusal('invalid_request', 'metadata cannot be provided when session_token is present');
  }
  return fromCookie ?? bodySession(tenant, body.session_token ?? '', client);
}

/**
 * The cookie takes precedence over the body. Assumed: a cookie without a valid session of this application is ignored;
 * browsers send it on every request, and a page could never remove it.
 */
function cookieSession(tenant: TenantContext, cookies: string, client: JsonObject): SessionTokenClaims | undefined {
  if (sessionSettings(tenant).cookie !== true) return undefined;
  const token = readSessionCookie(cookies);
  const session = token === undefined ? undefined : sessionOf(tenant, token, client);
  return session && !isExpired(tenant, session) ? session : undefined;
}

function bodySession(tenant: TenantContext, token: string, client: JsonObject): SessionTokenClaims {
  const session = sessionOf(tenant, token, client);
  if (session === undefined) {
    throw anonymousTokenRefusal('invalid_session_token', 'The session token is not valid.');
  }
  if (isExpired(tenant, session)) throw anonymousTokenRefusal('session_expired', 'The session has expired.');
  return session;
}

/** A session token belongs to one application. */
function sessionOf(tenant: TenantContext, token: string, client: JsonObject): SessionTokenClaims | undefined {
  const session = readSessionToken(tenantKeys(tenant.store), editionOf(tenant.store), token);
  return session?.client_id === client.client_id ? session : undefined;
}

function isExpired(tenant: TenantContext, { exp }: SessionTokenClaims): boolean {
  return exp !== undefined && exp <= seconds(tenant);
}

/** The session after a request: a new one, an updated one with its full lifetime again, or, in an edition without updates, the same. */
export function nextSession(
  tenant: TenantContext,
  request: AnonymousTokenRequest,
  client: JsonObject,
  before: SessionTokenClaims | undefined,
): SessionTokenClaims {
  const edition = editionOf(tenant.store);
  if (before && !edition.updatesMetadata) return before;
  const now = seconds(tenant);
  const { lifetimeSeconds } = sessionSettings(tenant);
  return {
    iss: tenant.issuer,
    client_id: String(client.client_id),
    user_id: before?.user_id ?? request.user_id ?? `${edition.guestIdPrefix}${randomUuid(tenant.random)}`,
    session_id: before?.session_id ?? `sess_${randomToken(tenant.random, 18)}`,
    created_at: before?.created_at ?? edition.writeTime(tenant.clock()),
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

export function sessionSettings(tenant: TenantContext): SessionSettings {
  return editionOf(tenant.store).tenant.read(settingsOf(tenant.store));
}

function seconds(tenant: TenantContext): number {
  return Math.floor(tenant.clock() / 1000);
}

const cookieName = 'auth0_anon';

/** Assumed: all attributes. `SameSite=None` because pages call from other sites. @see wire contract, section 4 */
const cookieAttributes = 'HttpOnly; Secure; SameSite=None; Path=/';

/** The `Set-Cookie` value of a session, for the rest of its lifetime. */
export function sessionCookie(sessionToken: string, lifetimeSeconds: number): string {
  return `${cookieName}=${sessionToken}; ${cookieAttributes}; Max-Age=${lifetimeSeconds}`;
}

export const clearedSessionCookie = `${cookieName}=; ${cookieAttributes}; Max-Age=0`;

/** The first session token in a `Cookie` header. @see RFC 6265, section 5.4 */
function readSessionCookie(header: string | undefined): string | undefined {
  const pairs = header?.split(';').map((pair) => pair.trim()) ?? [];
  return pairs.find((pair) => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1);
}
