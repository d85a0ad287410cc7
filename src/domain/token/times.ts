import { numberOf } from '../../wire/exact-json.ts';
import type { JsonObject } from '../../wire/schema.ts';

/** Claims that hold epoch seconds. @see RFC 7519; OpenID Connect Core */
const numericDates = ['iat', 'nbf', 'exp', 'auth_time', 'updated_at', 'created_at'] as const;

/** Claims that must be numbers. @see RFC 7519, section 4.1 */
const registered: readonly string[] = ['iat', 'nbf', 'exp'];

export interface TokenTime {
  readonly claim: string;
  readonly at: Date;
  /** Negative in the past. */
  readonly secondsFromNow: number;
}

/** A claim that is not a proper time, such as an `exp` in milliseconds. */
export interface TimeProblem {
  readonly claim: string;
  /** Follows the claim's name: `looks like milliseconds (2026-06-01 12:00:00 UTC)`. */
  readonly problem: string;
  /** The time is unknown: only the issuer knows which unit was meant. */
  readonly ambiguous: boolean;
}

/** The times in a token's claims. Values that are not dates, or too large for a Date, are left out. */
export function tokenTimes(claims: JsonObject, nowMs: number): TokenTime[] {
  return numericDates.flatMap((claim) => {
    const at = dateOf(claims[claim]);
    return at ? [{ claim, at, secondsFromNow: Math.round((at.getTime() - nowMs) / 1000) }] : [];
  });
}

/** The claims that should be times but are not proper ones. */
export function timeProblems(claims: JsonObject): TimeProblem[] {
  return numericDates.flatMap((claim) => {
    const found = Object.hasOwn(claims, claim) ? problemOf(claim, claims[claim]) : undefined;
    return found ? [{ claim, ...found }] : [];
  });
}

/**
 * When a readable token expires, in milliseconds since 1970, by a clock that is `clockOffsetMs` behind the issuer's.
 * Undefined if it has no `exp`, or one in an unknown unit.
 */
export function expiryOf(
  token: { readonly times: readonly TokenTime[]; readonly timeProblems?: readonly TimeProblem[] },
  clockOffsetMs = 0,
): number | undefined {
  if (hasAmbiguousTime(token, 'exp')) return undefined;
  const end = token.times.find(({ claim }) => claim === 'exp')?.at.getTime();
  return end === undefined ? undefined : end - clockOffsetMs;
}

/** Whether a claim has a time in an unknown unit. */
export function hasAmbiguousTime(
  { timeProblems: problems = [] }: { readonly timeProblems?: readonly TimeProblem[] },
  name: string,
) {
  return problems.some(({ claim, ambiguous }) => claim === name && ambiguous);
}

function problemOf(claim: string, value: unknown): Pick<TimeProblem, 'problem' | 'ambiguous'> | undefined {
  const number = numberOf(value);
  const unit = number === undefined ? undefined : finerUnit(number);
  if (number !== undefined && unit) {
    const meant = dateText(new Date((number / unit.perSecond) * 1000));
    return { problem: `looks like ${unit.name} (${meant}), but tokens count seconds`, ambiguous: true };
  }
  if (!registered.includes(claim)) return undefined;
  if (typeof value === 'string') return { problem: 'is a string, not a number of seconds', ambiguous: true };
  if (number !== undefined && !Number.isInteger(number) && Number.isFinite(number))
    return { problem: 'is not a whole number of seconds, which some verifiers reject', ambiguous: false };
  return undefined;
}

/** Other units, recognised by numbers that mean 2001 to 2286 in them. As seconds these are in the year 33,658 or later. */
const finerUnits = [
  { name: 'milliseconds', perSecond: 1e3 },
  { name: 'microseconds', perSecond: 1e6 },
  { name: 'nanoseconds', perSecond: 1e9 },
];

function finerUnit(value: number): (typeof finerUnits)[number] | undefined {
  return finerUnits.find(({ perSecond }) => value >= 1e9 * perSecond && value < 1e10 * perSecond);
}

/** `2026-11-22 23:44:28 UTC`. */
export function dateText(date: Date): string {
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

/** Epoch seconds, or ISO 8601 as edition `preview` writes `created_at`. */
function dateOf(value: unknown): Date | undefined {
  const isIso = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
  const number = numberOf(value);
  if (number === undefined && !isIso) return undefined;
  const date = new Date(number === undefined ? String(value) : number * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
