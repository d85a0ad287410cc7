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
import { noteTokens } from '../http/noted-tokens.ts';
import { anonymousTokenRefusal } from '../http/refusal.ts';
import { readSessionCookie } from '../http/session-cookie.ts';
import { type Random, randomToken, randomUuid } from '../random.ts';
import type { Moment } from '../scope.ts';
import { readSessionToken } from './session-token.ts';

interface SessionBearer {
  readonly body: AnonymousTokenRequest;
  /** The `Cookie` header. */
  readonly cookies: string | undefined;
}

/** The session that a request updates or renews; undefined when it creates one. @throws {Refusal} invalid_session_token, session_expired */
export function readSession(
  moment: Moment,
  { body, cookies }: SessionBearer,
  client: JsonObject,
): SessionTokenClaims | undefined {
  const fromCookie = cookies === undefined ? undefined : cookieSession(moment, cookies, client);
  if (fromCookie === undefined && body.session_token === undefined) return undefined;
  if (body.user_id !== undefined) {
    throw anonymousTokenRefusal('invalid_request', 'user_id cannot be provided when session_token is present.');
  }
  if (body.metadata !== undefined && !moment.edition.updatesMetadata) {
    throw anonymousTokenRefusal('invalid_request', 'metadata cannot be provided when session_token is present');
  }
  return fromCookie ?? bodySession(moment, body.session_token ?? '', client);
}

/**
 * The cookie takes precedence over the body. Assumed: a cookie without a valid session of this application is ignored;
 * browsers send it on every request, and a page could never remove it.
 */
function cookieSession(moment: Moment, cookies: string, client: JsonObject): SessionTokenClaims | undefined {
  if (sessionSettings(moment).cookie !== true) return undefined;
  const token = readSessionCookie(guestCookie, cookies);
  noteTokens(moment, 'presented', { session_token: token });
  return token === undefined ? undefined : guestSessionOf(moment, token, client);
}

/** The session of a token that takes a guest of an application into a login; undefined for one that is not valid, or no longer. */
export function guestSessionOf(moment: Moment, token: string, client: JsonObject): SessionTokenClaims | undefined {
  const session = sessionOf(moment, token, client);
  return session && !isExpired(moment, session) ? session : undefined;
}

/** As {@link guestSessionOf}, for the cookie of a browser that opens the login. */
export function loginCookieSession(
  moment: Moment,
  cookies: string,
  client: JsonObject,
): SessionTokenClaims | undefined {
  // An edition without the setting sets no cookie, but reads one that the application's pages have set.
  if (sessionSettings(moment).cookie === false) return undefined;
  const token = readSessionCookie(moment.edition.loginCarriers.cookie, cookies);
  noteTokens(moment, 'presented', { session_token: token });
  return token === undefined ? undefined : guestSessionOf(moment, token, client);
}

function bodySession(moment: Moment, token: string, client: JsonObject): SessionTokenClaims {
  const session = sessionOf(moment, token, client);
  if (session === undefined) {
    throw anonymousTokenRefusal('invalid_session_token', 'The session token is not valid.');
  }
  if (isExpired(moment, session)) throw anonymousTokenRefusal('session_expired', 'The session has expired.');
  return session;
}

/** A session token belongs to one application. */
function sessionOf({ keys, edition }: Moment, token: string, client: JsonObject): SessionTokenClaims | undefined {
  const session = readSessionToken(keys, edition, token);
  return session?.client_id === client.client_id ? session : undefined;
}

function isExpired({ nowSeconds }: Moment, { exp }: SessionTokenClaims): boolean {
  return exp !== undefined && exp <= nowSeconds;
}

/** The session after a request: a new one, an updated one with its full lifetime again, or, in an edition without updates, the same. */
export function nextSession(
  moment: Moment,
  random: Random,
  request: AnonymousTokenRequest,
  client: JsonObject,
  before: SessionTokenClaims | undefined,
): SessionTokenClaims {
  const { edition, issuer, nowSeconds } = moment;
  if (before && !edition.updatesMetadata) return before;
  const { lifetimeSeconds } = sessionSettings(moment);
  return {
    iss: issuer,
    client_id: String(client.client_id),
    user_id: before?.user_id ?? request.user_id ?? `${edition.guestIdPrefix}${randomUuid(random)}`,
    session_id: before?.session_id ?? `sess_${randomToken(random, 18)}`,
    created_at: before?.created_at ?? edition.writeTime(nowSeconds * 1000),
    metadata: nextMetadata(edition, before?.metadata ?? {}, request.metadata),
    iat: nowSeconds,
    ...(lifetimeSeconds > 0 && { exp: nowSeconds + lifetimeSeconds }),
  };
}

function nextMetadata(edition: Edition, current: JsonObject, change: JsonObject | undefined): JsonObject {
  if (change === undefined) return current;
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

export function sessionSettings({ edition, settings }: Moment): SessionSettings {
  return edition.tenant.read(settings);
}

/** The cookie of a guest's session. @see wire contract, section 4 */
export const guestCookie = 'auth0_anon';
