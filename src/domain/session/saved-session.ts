import type { JsonObject } from '../../wire/schema.ts';
/** A guest that another took the place of: where metadata is set once, other metadata takes a new session. */
export interface ReplacedGuest {
  readonly guestId?: string | undefined;
  /** When the next one came, in milliseconds since 1970. */
  readonly untilMs: number;
}

/**
 * A guest session as it is kept, so that the next command needs nothing else. Times are milliseconds since 1970 by this
 * machine's clock, right or wrong, so that what is left needs no question; what is not there was not told. Where the tenant
 * gave no access token it is empty.
 */
export interface RememberedSession {
  readonly sessionToken: string;
  readonly accessToken: string;
  /** Of the access token, where it is not `Bearer`. */
  readonly tokenType?: string | undefined;
  readonly clientId: string;
  readonly audience: string;
  /** As it was asked for: an update asks again. */
  readonly scope?: string | undefined;
  readonly appName?: string | undefined;
  readonly apiName?: string | undefined;
  readonly guestId?: string | undefined;
  /** As last known: another who has the session token may have changed it since. */
  readonly metadata?: JsonObject | undefined;
  readonly createdAtMs?: number | undefined;
  readonly accessEndsAtMs?: number | undefined;
  /** Null for a session that never ends. */
  readonly sessionEndsAtMs?: number | null | undefined;
  /** The guests before this one, the latest first. */
  readonly replaced?: readonly ReplacedGuest[] | undefined;
}

/** The guest sessions of one profile, by name. */
export interface SessionStore {
  /** In the order of the alphabet. What is listed may be gone when it is asked for. */
  names(): Promise<readonly string[]>;
  /** The name of the session that commands use when none is named, whether there is one or not. */
  current(): Promise<string>;
  use(name: string): Promise<void>;
  get(name: string): Promise<RememberedSession | undefined>;
  put(name: string, session: RememberedSession): Promise<void>;
  /** For whoever has both names alone, and no session by the new one: it has one of them, also when the process is killed. */
  rename(from: string, to: string): Promise<void>;
  /** Forgetting none is no error. */
  forget(name: string): Promise<void>;
  /** Nothing of any session stays. */
  forgetAll(): Promise<void>;
  /** Runs `work` while no other process does the same for this session, so that what it reads is still so when it writes. */
  exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
}
