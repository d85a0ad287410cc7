import type { Clock } from '../clock.ts';
import type { TenantConnection } from './connection.ts';
import type { HttpAnswer } from './http.ts';

/** The tenant's clock. What the tenant dates is judged by it, and not by this machine's, which may be wrong. */
export interface TenantTime {
  /** Milliseconds since 1970; by this machine's clock until an answer says otherwise. */
  now(): number;
  /**
   * How far this machine's clock is behind the tenant's, in milliseconds, and negative where it is ahead; 0 where the
   * time on the way explains it. Undefined until an answer says what time it is.
   */
  offsetMs(): number | undefined;
  /** Takes the time from an answer that has just come, to a request of `sentAtMs` by this machine's clock. */
  learn(headers: HttpAnswer['headers'], sentAtMs: number): void;
}

/** A smaller difference is not worth a word, in milliseconds. */
const worthAWordMs = 30_000;

/** No certificate holds longer, so a `Date` further away than this came from no tenant that could be reached. */
const mostMs = 400 * 86_400_000;

/** `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers send. @see RFC 9110, section 5.6.7 */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The tenant's clock, as far as the `Date` of its answers says. The last answer that does counts. */
export function tenantTime(clock: Pick<Clock, 'now'>): TenantTime {
  let latestMs: number | undefined;
  return {
    now: () => clock.now() + (latestMs ?? 0),
    offsetMs: () => latestMs && Math.trunc(latestMs / 1000) * 1000,
    learn(headers, sentAtMs) {
      const receivedAtMs = clock.now();
      const date = dateOf(headers, receivedAtMs);
      // A clock that was set back meanwhile measures nothing.
      if (date === undefined || receivedAtMs < sentAtMs) return;
      // The answer was made between the two, and its second may have been almost over: what that explains is no difference.
      const [least, most] = [date - receivedAtMs, date + 1000 - sentAtMs];
      // Of what is left the latest counts: what the tenant has just dated must not be to come.
      latestMs = least > 0 ? least + 999 : Math.min(most, 0);
    },
  };
}

/**
 * When an answer was made, by the clock of whoever made it, in milliseconds since 1970. Undefined where it does not
 * say, cannot mean what it says, or comes out of a cache.
 */
export function dateOf(headers: HttpAnswer['headers'], nowMs: number): number | undefined {
  const text = headers.get('date') ?? '';
  if (!httpDate.test(text) || Number(headers.get('age') ?? 0) !== 0) return undefined;
  const date = Date.parse(text);
  return Math.abs(date - nowMs) <= mostMs ? date : undefined;
}

/** That this machine's clock is wrong, as a clause: `your clock is 2 h behind acme.eu.auth0.com's`. */
export function clockDifference({ time, issuer }: Pick<TenantConnection, 'time' | 'issuer'>): string | undefined {
  const offsetMs = time.offsetMs() ?? 0;
  if (Math.abs(offsetMs) <= worthAWordMs) return undefined;
  return `your clock is ${inWords(Math.abs(offsetMs) / 1000)} ${offsetMs > 0 ? 'behind' : 'ahead of'} ${new URL(issuer).host}'s`;
}

/** The same as a sentence, with what comes of it, or nothing: `Your clock is 2 h behind acme.eu.auth0.com's.` */
export function clockSentence(
  tenant: Pick<TenantConnection, 'time' | 'issuer'>,
  consequence?: string,
): string | undefined {
  const difference = clockDifference(tenant);
  if (difference === undefined) return undefined;
  return `Y${difference.slice(1)}${consequence ? `; ${consequence}` : ''}.`;
}

function inWords(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.round(hours / 24)} days`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
