import type { Clock } from '../clock.ts';
import { type HttpAnswer, hostOf } from './http.ts';

/** The tenant's clock, used for everything the tenant dates: this machine's clock may be wrong. */
export interface TenantTime {
  /** Milliseconds since 1970; by this machine's clock until an answer shows the tenant's. */
  now(): number;
  /**
   * How far this machine's clock is behind the tenant's, in milliseconds; negative when it is ahead, 0 when network
   * latency explains the difference. Undefined until an answer shows the tenant's time.
   */
  offsetMs(): number | undefined;
  /** Reads the time from an answer just received; its request was sent at `sentAtMs` by this machine's clock. */
  learn(headers: HttpAnswer['headers'], sentAtMs: number): void;
}

/** Smaller differences are not reported, in milliseconds. */
const reportedFromMs = 30_000;

/** No TLS certificate is valid longer, so no reachable tenant can have a `Date` further away than this. */
const maxDifferenceMs = 400 * 86_400_000;

/** `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers send. @see RFC 9110, section 5.6.7 */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The tenant's clock, derived from the `Date` of its answers. The latest answer counts. A tenant on this machine may have any time:
 * a local tenant's clock can be moved.
 */
export function tenantTime(clock: Pick<Clock, 'now'>, { mayHaveAnyTime = false } = {}): TenantTime {
  const mostMs = mayHaveAnyTime ? Number.POSITIVE_INFINITY : maxDifferenceMs;
  let latestMs: number | undefined;
  return {
    now: () => clock.now() + (latestMs ?? 0),
    offsetMs: () => latestMs && Math.trunc(latestMs / 1000) * 1000,
    learn(headers, sentAtMs) {
      const receivedAtMs = clock.now();
      const date = dateOf(headers, receivedAtMs, mostMs);
      // A clock that was set back in the meantime measures nothing.
      if (date === undefined || receivedAtMs < sentAtMs) return;
      // The answer was made between the two, anywhere within its second, which explains small differences.
      const [least, most] = [date - receivedAtMs, date + 1000 - sentAtMs];
      // Of the remaining range take the latest: nothing the tenant has just dated may be in the future.
      latestMs = least > 0 ? least + 999 : Math.min(most, 0);
    },
  };
}

/**
 * When an answer was made, by its server's clock, in milliseconds since 1970. Undefined when it has no `Date`, an
 * impossible one, or comes from a cache.
 */
export function dateOf(headers: HttpAnswer['headers'], nowMs: number, mostMs = maxDifferenceMs): number | undefined {
  const text = headers.get('date') ?? '';
  if (!httpDate.test(text) || Number(headers.get('age') ?? 0) !== 0) return undefined;
  const date = Date.parse(text);
  return Math.abs(date - nowMs) <= mostMs ? date : undefined;
}

interface ClockSource {
  readonly time: TenantTime;
  readonly issuer: string;
}

/** A clause about a wrong clock on this machine: `your clock is 2 h behind acme.eu.auth0.com's`. */
export function clockDifference({ time, issuer }: ClockSource): string | undefined {
  const offsetMs = time.offsetMs() ?? 0;
  if (Math.abs(offsetMs) <= reportedFromMs) return undefined;
  return `your clock is ${durationText(Math.abs(offsetMs) / 1000)} ${offsetMs > 0 ? 'behind' : 'ahead of'} ${hostOf(issuer)}'s`;
}

/** The clause as a sentence, with its consequence if given: `Your clock is 2 h behind acme.eu.auth0.com's.` */
export function clockSentence(tenant: ClockSource, consequence?: string): string | undefined {
  const difference = clockDifference(tenant);
  if (difference === undefined) return undefined;
  return `Y${difference.slice(1)}${consequence ? `; ${consequence}` : ''}.`;
}

/** `90 min`, `31 days`. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.round(hours / 24)} days`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
