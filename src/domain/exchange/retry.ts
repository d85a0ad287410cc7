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
  /** Waits, reporting that where wanted; rejects with `interrupted` when the user stops the command. */
  wait(pause: Pause): Promise<void>;
  /** 0 to 1, so that clients refused at the same time don't all come back together. */
  random(): number;
}

/** How often a request that only reads is sent again when it failed. */
const maxRetries = 3;
const firstBackoffMs = 500;

/** What has become of a request so far. */
export interface Attempts {
  /** Answers with 429. */
  readonly refusals: number;
  /** Times it was sent again because it failed. */
  readonly retries: number;
}

/**
 * The service, or what stands before it, could not answer: no word on the request. 408 is a time-out of its own, and
 * what answers 501 never will.
 */
export function isTransientFailure(status: number): boolean {
  return (status >= 500 && status !== 501) || status === 408;
}

/**
 * How long to wait before sending again, or undefined when that is not to be done. With 429 the service says that
 * it took nothing, so any request may be sent again; after any other failure only one that is `harmless`.
 */
export function retryDelay(
  result: HttpAnswer | UnreachableError,
  harmless: boolean,
  { refusals, retries }: Attempts,
  { nowMs, random }: { nowMs: number; random: RetryPolicy['random'] },
): Pause | undefined {
  if (!isUnreachable(result) && result.status === 429) {
    return { ms: advisedMs(result.headers, nowMs) ?? 1000 * 2 ** refusals, reason: 'rate limit', asked: true };
  }
  if (!harmless || retries === maxRetries) return undefined;
  const retry = (why: string) => `${why}, retry ${retries + 1} of ${maxRetries}`;
  if (isUnreachable(result)) {
    return result.broken
      ? { ms: backoffMs(retries, random), reason: retry('broken connection'), asked: false }
      : undefined;
  }
  const { status, headers } = result;
  if (!isTransientFailure(status)) return undefined;
  const advised = status === 503 ? retryAfterMs(headers, nowMs) : undefined;
  return { ms: advised ?? backoffMs(retries, random), reason: retry(`answer ${status}`), asked: advised !== undefined };
}

/** 0.5 s, 1 s, 2 s, each less up to a half. */
function backoffMs(retries: number, random: RetryPolicy['random']): number {
  return Math.round(firstBackoffMs * 2 ** retries * (1 - random() / 2));
}

/** `Retry-After` first, then `x-ratelimit-reset` in epoch seconds. @see management-api, section 6 */
function advisedMs(headers: HttpAnswer['headers'], nowMs: number): number | undefined {
  return retryAfterMs(headers, nowMs) ?? aSecondOrMore(secondsOf(headers, 'x-ratelimit-reset') * 1000 - nowMs);
}

/** Seconds, or a date. @see RFC 9110, section 10.2.3 */
function retryAfterMs(headers: HttpAnswer['headers'], nowMs: number): number | undefined {
  const seconds = secondsOf(headers, 'retry-after');
  if (!Number.isNaN(seconds)) return aSecondOrMore(seconds * 1000);
  return aSecondOrMore(Date.parse(headers.get('retry-after') ?? '') - nowMs);
}

function secondsOf(headers: HttpAnswer['headers'], name: string): number {
  const text = headers.get(name)?.trim() ?? '';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

/** A time that is past, or as good as, is no advice: taken at its word it would be asked again without end. */
function aSecondOrMore(ms: number): number | undefined {
  return ms >= 1000 ? ms : undefined;
}
