import { ResponseError } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import type { DecodedTokens } from './decoded-tokens.ts';
import { isExpired, type SavedSession, type SessionStore } from './saved-session.ts';
import type { ExplainRefusal } from './token-request.ts';

/** What token operations need besides the tenant. */
export interface TokenPorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly warn: (message: string) => void;
  readonly explain: ExplainRefusal;
}

/** What operations on saved sessions need besides the tenant. */
export interface SessionPorts extends TokenPorts {
  readonly sessions: SessionStore;
}

/** The saved session that a command works on, whether or not it exists. */
export interface SessionTarget {
  readonly name: string;
  /** Appended to a command in a hint so that it uses this session too: empty, or ` --session NAME`. */
  readonly selection: string;
  /** False with --no-save: nothing of the result is written. */
  readonly saves: boolean;
}

/** Tokens that the tenant gave, and the session that was saved with them. */
export interface TokenOutcome {
  readonly decoded: DecodedTokens;
  /** Of the API that was requested. */
  readonly audience: string;
  /** Undefined where no session token is known. */
  readonly session: SavedSession | undefined;
  /** Why saving failed. Show the tokens before throwing this, or they are lost. */
  readonly saveFailure?: { readonly error: unknown } | undefined;
}

export const noSessionToken = 'The tenant gave no session token, so the session is not saved.';

/** The error that `work` rejects with, if any. */
export async function failureOf(work: Promise<unknown>): Promise<{ readonly error: unknown } | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
}

/** Runs `work` while no other process works on the session. With --no-save nothing is written, not even a lock. */
export function locked<Result>(
  { sessions }: Pick<SessionPorts, 'sessions'>,
  { name, saves }: SessionTarget,
  work: () => Promise<Result>,
): Promise<Result> {
  return saves ? sessions.exclusively(name, work) : work();
}

/** Whether the tenant refused a session because it has expired. */
export function isExpiryRefusal(error: unknown): boolean {
  return error instanceof ResponseError && error.error === 'session_expired';
}

/** Saves that a session has expired if the tenant refused it for that: this machine may not know yet. */
export async function saveExpiry(
  { sessions, clock }: Pick<SessionPorts, 'sessions' | 'clock'>,
  { name, saves }: SessionTarget,
  session: SavedSession,
  error: unknown,
): Promise<void> {
  const nowMs = clock.now();
  if (saves && isExpiryRefusal(error) && !isExpired(session, nowMs)) {
    await sessions.put(name, { ...session, sessionEndsAtMs: nowMs });
  }
}
