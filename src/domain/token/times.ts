import type { JsonObject } from '../../wire/schema.ts';

/** Claims that hold epoch seconds, by the names of RFC 7519 and OpenID Connect. */
const numericDates = ['iat', 'nbf', 'exp', 'auth_time', 'updated_at', 'created_at'] as const;

export interface TokenTime {
  readonly claim: string;
  readonly at: Date;
  /** Seconds from now; negative when it is past. */
  readonly secondsFromNow: number;
}

/** The times among a token's claims. A value that is no date, or beyond what a date can hold, is left out. */
export function tokenTimes(claims: JsonObject, nowMs: number): TokenTime[] {
  return numericDates.flatMap((claim) => {
    const at = dateOf(claims[claim]);
    return at ? [{ claim, at, secondsFromNow: Math.round((at.getTime() - nowMs) / 1000) }] : [];
  });
}

/**
 * When a token that can be read ends, in milliseconds since 1970, by a clock that is `clockOffsetMs` behind that of who
 * made it; undefined where it does not say so.
 */
export function expiryOf({ times }: { readonly times: readonly TokenTime[] }, clockOffsetMs = 0): number | undefined {
  const end = times.find(({ claim }) => claim === 'exp')?.at.getTime();
  return end === undefined ? undefined : end - clockOffsetMs;
}

/** Epoch seconds, or an ISO 8601 text as edition `preview` writes `created_at`. */
function dateOf(value: unknown): Date | undefined {
  const isIso = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
  if (typeof value !== 'number' && !isIso) return undefined;
  const date = new Date(typeof value === 'number' ? value * 1000 : String(value));
  return Number.isNaN(date.getTime()) ? undefined : date;
}
