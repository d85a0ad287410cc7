import { takeApart } from '../../jose/compact.ts';
import { jsonObjectIn } from '../../jose/json.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import type { RequestedApi } from '../api/find.ts';
import type { RequestingApp } from '../app/find.ts';
import type { DecodedToken } from '../token/decode.ts';
import { expiryOf, isUntold } from '../token/times.ts';
import type { GuestTokens } from './request-tokens.ts';
import type { RememberedSession } from './saved-session.ts';

/** What was asked for, what came, and what is to be read of it. */
export interface Obtained {
  readonly request: {
    readonly app: Pick<RequestingApp, 'clientId' | 'name'>;
    readonly api: Pick<RequestedApi, 'audience' | 'name'>;
    readonly scope: string | undefined;
    readonly metadata?: JsonObject | undefined;
  };
  readonly tokens: GuestTokens;
  readonly access: DecodedToken;
  /** Undefined where none came. */
  readonly session: DecodedToken | undefined;
  /** By this machine's clock, as all that is saved. */
  readonly nowMs: number;
  /** How far that clock is behind the tenant's, whose times are in its tokens. */
  readonly clockOffsetMs: number;
}

/**
 * What to keep of a session, so that the next command needs nothing else. `before` is what was kept of the same
 * session. Undefined when no session token is known.
 */
export function sessionToRemember(obtained: Obtained, before?: RememberedSession): RememberedSession | undefined {
  const { request, tokens, nowMs } = obtained;
  const sessionToken = tokens.sessionToken ?? before?.sessionToken;
  if (sessionToken === undefined) return undefined;
  return {
    sessionToken,
    accessToken: tokens.accessToken,
    clientId: request.app.clientId,
    audience: request.api.audience,
    scope: request.scope,
    appName: request.app.name,
    apiName: request.api.name,
    guestId: guestIdOf(obtained) ?? before?.guestId,
    metadata: metadataNow(obtained, before),
    createdAtMs: before ? before.createdAtMs : nowMs,
    accessEndsAtMs: accessEnd(obtained),
    ...(isBearer(tokens) ? {} : { tokenType: tokens.tokenType }),
    sessionEndsAtMs: sessionEnd(obtained, before),
    replaced: before?.replaced,
  };
}

/** Who the guest is by the access token, else by the session token; undefined where neither can be read. */
export function guestIdOf({ access, session }: Pick<Obtained, 'access' | 'session'>): string | undefined {
  return [access.claims?.sub, session?.claims?.user_id].find((id) => typeof id === 'string');
}

function isBearer({ tokenType }: GuestTokens): boolean {
  return tokenType.toLowerCase() === 'bearer';
}

function accessEnd({ tokens, access, nowMs }: Obtained): number | undefined {
  const { accessToken, expiresInSeconds } = tokens;
  if (accessToken === '') return undefined;
  return expiresInSeconds === undefined ? expiryOf(access) : nowMs + expiresInSeconds * 1000;
}

/** What the session token says where it can be read, else what was known with what was sent. */
function metadataNow({ request, session }: Obtained, before: RememberedSession | undefined): JsonObject | undefined {
  const told = session?.claims?.metadata;
  if (isJsonObject(told)) return told;
  if (before) return before.metadata && mergeMetadata(before.metadata, request.metadata ?? {});
  return mergeMetadata({}, request.metadata ?? {});
}

function sessionEnd({ tokens, session, nowMs, clockOffsetMs }: Obtained, before: RememberedSession | undefined) {
  if (tokens.sessionExpiresInSeconds !== undefined) return nowMs + tokens.sessionExpiresInSeconds * 1000;
  // One that says nothing of an end has none; one that says it so that nobody can tell has some.
  if (session?.claims) return isUntold(session, 'exp') ? undefined : (expiryOf(session, clockOffsetMs) ?? null);
  // A new session token may have a longer life than the one before it.
  return tokens.sessionToken === undefined ? before?.sessionEndsAtMs : undefined;
}

/** Whether a session's end is known and past. */
export function hasEnded({ sessionEndsAtMs }: RememberedSession, nowMs: number): boolean {
  return typeof sessionEndsAtMs === 'number' && sessionEndsAtMs <= nowMs;
}

/** Whole seconds until then, negative when it is past; null for what never ends, undefined where it is not known. */
export function secondsUntil(timeMs: number | null | undefined, nowMs: number): number | null | undefined {
  return typeof timeMs === 'number' ? Math.floor((timeMs - nowMs) / 1000) : timeMs;
}

/** What a call with an access token takes, clocks that differ included. */
const spareSeconds = 60;

/** Whether the access token is good for another minute at least. */
export function accessTokenHolds({ accessEndsAtMs }: RememberedSession, nowMs: number): boolean {
  return accessEndsAtMs !== undefined && accessEndsAtMs - nowMs >= spareSeconds * 1000;
}

/** Whether the access token names another issuer than this one, so that no API takes it; not where nobody can tell. */
export function isOfOtherIssuer({ accessToken }: RememberedSession, issuer: string): boolean {
  try {
    const { payload } = takeApart(accessToken);
    const named = payload && jsonObjectIn(payload)?.iss;
    return typeof named === 'string' && named !== issuer;
  } catch {
    return false;
  }
}

/** A job that begins anew every hour would make its entry longer for ever. */
const mostReplaced = 100;

/** A new session in the place of another, with the link to it and to the last hundred before. */
export function inPlaceOf(session: RememberedSession, before: RememberedSession, nowMs: number): RememberedSession {
  const replaced = [{ guestId: before.guestId, untilMs: nowMs }, ...(before.replaced ?? [])];
  return { ...session, replaced: replaced.slice(0, mostReplaced) };
}
