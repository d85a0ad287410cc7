import { isUnreachable, type UnreachableError } from '../../errors.ts';
import type { HttpAnswer } from './http.ts';

/** A wait before a request is sent again. */
export interface Pause {
  readonly ms: number;
  /** In a few words: `rate limit`. */
  readonly reason: string;
  /** The tenant asked for this wait, so it may be long and is reported to the user. */
  readonly asked: boolean;
}

/** How a command waits for a tenant that cannot answer now. */
export interface RetryPolicy {
  /** The longest that one request may wait in total, in milliseconds. */
  readonly maxWaitMs: number;
  /** Waits, and reports a wait that the user should see; rejects with `interrupted` when the user stops the command. */
  wait(pause: Pause): Promise<void>;
  /** The time by which waits are measured, where not by the tenant's clock: that may stand still. */
  now?(): number;
  /** 0 to 1, so that clients refused at the same time don't all retry together. */
  random(): number;
}

/** How often a failed request is sent again, if repeating it is safe. */
const maxRetries = 3;
const firstBackoffMs = 500;

/** Earlier attempts at a request. */
export interface Attempts {
  /** Number of 429 answers. */
  readonly refusals: number;
  /** Number of retries after failures. */
  readonly retries: number;
}

/**
 * Whether the service, or a proxy in front of it, failed, which shows nothing about the request: a 5xx, or the server's
 * own time-out (408). 501 is permanent, so it is not transient.
 */
export function isTransientFailure(status: number): boolean {
  return (status >= 500 && status !== 501) || status === 408;
}

/**
 * How long to wait before sending again, or undefined when the request must not be repeated. A 429 means that the
 * service did nothing, so any request may be repeated; after other failures only a `repeatable` one.
 */
export function retryDelay(
  result: HttpAnswer | UnreachableError,
  repeatable: boolean,
  { refusals, retries }: Attempts,
  { now, random }: { now: () => number; random: RetryPolicy['random'] },
): Pause | undefined {
  if (!isUnreachable(result) && result.status === 429) {
    return { ms: advisedMs(result.headers, now()) ?? 1000 * 2 ** refusals, reason: 'rate limit', asked: true };
  }
  if (!repeatable || retries === maxRetries) return undefined;
  const retry = (why: string) => `${why}, retry ${retries + 1} of ${maxRetries}`;
  if (isUnreachable(result)) {
    return result.broken
      ? { ms: backoffMs(retries, random), reason: retry('broken connection'), asked: false }
      : undefined;
  }
  const { status, headers } = result;
  if (!isTransientFailure(status)) return undefined;
  const advised = status === 503 ? retryAfterMs(headers, now()) : undefined;
  return { ms: advised ?? backoffMs(retries, random), reason: retry(`answer ${status}`), asked: advised !== undefined };
}

/** Exponential back-off with jitter: 0.5 s, 1 s, 2 s …, each shortened by up to half. */
export function backoffMs(retries: number, random: RetryPolicy['random']): number {
  return Math.round(firstBackoffMs * 2 ** retries * (1 - random() / 2));
}

/** `Retry-After` first, then `x-ratelimit-reset` in epoch seconds. @see management-api, section 6 */
function advisedMs(headers: HttpAnswer['headers'], nowMs: number): number | undefined {
  return retryAfterMs(headers, nowMs) ?? atLeastASecond(secondsOf(headers, 'x-ratelimit-reset') * 1000 - nowMs);
}

/** Seconds, or a date. @see RFC 9110, section 10.2.3 */
function retryAfterMs(headers: HttpAnswer['headers'], nowMs: number): number | undefined {
  const seconds = secondsOf(headers, 'retry-after');
  if (!Number.isNaN(seconds)) return atLeastASecond(seconds * 1000);
  return atLeastASecond(Date.parse(headers.get('retry-after') ?? '') - nowMs);
}

function secondsOf(headers: HttpAnswer['headers'], name: string): number {
  const text = headers.get(name)?.trim() ?? '';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

/** Ignores a time in the past or almost now: following it would repeat the request in a tight loop. */
function atLeastASecond(ms: number): number | undefined {
  return ms >= 1000 ? ms : undefined;
}
