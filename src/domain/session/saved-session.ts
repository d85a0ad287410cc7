import { AnonError } from '../../errors.ts';
import { takeApart } from '../../jose/compact.ts';
import { jsonObjectIn } from '../../jose/json.ts';
import type { JsonObject } from '../../wire/schema.ts';

/** A guest whose session was replaced by another: where metadata is set once, changing it takes a new session. */
export interface ReplacedGuest {
  readonly guestId?: string | undefined;
  /** When the next guest replaced this one, in milliseconds since 1970. */
  readonly untilMs: number;
}

/**
 * A guest session as it is saved, so that the next command needs nothing else. Times are milliseconds since 1970 by this
 * machine's clock, right or wrong, so that the time left can be computed offline. A missing member was not reported.
 */
export interface SavedSession {
  readonly sessionToken: string;
  /** Empty where the tenant gave no access token. */
  readonly accessToken: string;
  /** Of the access token, where it is not `Bearer`. */
  readonly tokenType?: string | undefined;
  readonly clientId: string;
  readonly audience: string;
  /** As requested: an update requests it again. */
  readonly scope?: string | undefined;
  readonly appName?: string | undefined;
  readonly apiName?: string | undefined;
  readonly guestId?: string | undefined;
  /** As last known: another holder of the session token may have changed it since. */
  readonly metadata?: JsonObject | undefined;
  readonly createdAtMs?: number | undefined;
  readonly accessEndsAtMs?: number | undefined;
  /** Null for a session that never expires. */
  readonly sessionEndsAtMs?: number | null | undefined;
  /** The guests before this one, the latest first. */
  readonly replaced?: readonly ReplacedGuest[] | undefined;
}

/** The guest sessions of one profile, by name. */
export interface SessionStore {
  /** In alphabetical order. A listed session may be gone when it is read. */
  names(): Promise<readonly string[]>;
  /** The name of the session that commands use by default, whether or not it exists. */
  current(): Promise<string>;
  use(name: string): Promise<void>;
  get(name: string): Promise<SavedSession | undefined>;
  put(name: string, session: SavedSession): Promise<void>;
  /** The caller holds both names, and `to` is free. The session has one of the names even if the process is killed. */
  rename(from: string, to: string): Promise<void>;
  /** Does nothing where there is no such session. */
  forget(name: string): Promise<void>;
  /** Removes every session and everything that belongs to it. */
  forgetAll(): Promise<void>;
  /**
   * Runs `work` while no other process does the same for this session, so that nothing changes between its read and its
   * write.
   */
  exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
}

/** The name of a session that the user did not name: the next one replaces it, so that loops save only one. */
export const defaultSessionName = 'default';

/** A session's name is also a file name: letters, digits, dots, dashes and underscores. @throws {AnonError} `usage` */
export function checkSessionName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
  throw new AnonError('usage', `Invalid session name '${name.slice(0, 80)}'.`, {
    hint: 'Use up to 64 letters, digits, dots, dashes and underscores. Examples: cart, guest-1',
  });
}

/** Whether the session's end is known and past. */
export function isExpired({ sessionEndsAtMs }: SavedSession, nowMs: number): boolean {
  return typeof sessionEndsAtMs === 'number' && sessionEndsAtMs <= nowMs;
}

/**
 * Whole seconds until `timeMs`, negative when it is past; null for what never expires, undefined for an unknown time.
 */
export function secondsUntil(timeMs: number | null | undefined, nowMs: number): number | null | undefined {
  return typeof timeMs === 'number' ? Math.floor((timeMs - nowMs) / 1000) : timeMs;
}

/** Enough for a call with the access token, clock differences included. */
const marginSeconds = 60;

/** Whether the access token is valid for at least another minute. */
export function isAccessTokenFresh({ accessEndsAtMs }: SavedSession, nowMs: number): boolean {
  return accessEndsAtMs !== undefined && accessEndsAtMs - nowMs >= marginSeconds * 1000;
}

/** Whether the access token names an issuer other than `issuer`, so that no API accepts it; false where it cannot be read. */
export function isFromOtherIssuer({ accessToken }: SavedSession, issuer: string): boolean {
  const named = claimsIn(accessToken)?.iss;
  return typeof named === 'string' && named !== issuer;
}

/** Whether the access token was issued later than now, so that strict APIs refuse it; false where it cannot be read. */
export function isFromTheFuture({ accessToken }: SavedSession, nowMs: number): boolean {
  const issued = claimsIn(accessToken)?.iat;
  return typeof issued === 'number' && issued * 1000 > nowMs;
}

function claimsIn(token: string): JsonObject | undefined {
  try {
    const { payload } = takeApart(token);
    return payload && jsonObjectIn(payload);
  } catch {
    return undefined;
  }
}

/** A job that replaces its session every hour would otherwise grow its entry forever. */
const maxReplaced = 100;

/** `session` with a link to `before`, the session that it replaces, and to the last hundred before that. */
export function replacing(session: SavedSession, before: SavedSession, nowMs: number): SavedSession {
  const replaced = [{ guestId: before.guestId, untilMs: nowMs }, ...(before.replaced ?? [])];
  return { ...session, replaced: replaced.slice(0, maxReplaced) };
}
