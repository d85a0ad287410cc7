import { readStrictJson } from '../../jose/json.ts';
import { numberOf } from '../../wire/exact-json.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import { type Check, type CheckName, failed, ok, skipped } from './check.ts';
import { rejectedKind } from './form-checks.ts';
import { dateText, timeProblems } from './times.ts';

/** What a token must claim to be valid. What is left out is not checked. */
export interface Expectations {
  /** The exact issuer; for a tenant `https://DOMAIN/`, with the slash. */
  readonly issuer?: string | undefined;
  /** The API, which must be one of `aud`. */
  readonly audience?: string | undefined;
  /** Each must be in `scope`. */
  readonly scopes?: readonly string[] | undefined;
  /** True: only a guest's token is valid. False: a guest's token is not. */
  readonly guest?: boolean | undefined;
  /** How far clocks may differ. */
  readonly clockToleranceSeconds?: number | undefined;
  /** A tenant issued it as an access token: if it is not a JWT it is opaque, whatever it looks like. */
  readonly issued?: boolean | undefined;
}

/** How a guest's `sub` begins, in editions `preview` and `ea`. @see wire contract, section 1 */
const guestPrefixes = ['anon|', 'anon@'];

/** The event of every logout token. */
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

/** The last second that a Date can hold. */
const lastSecond = 8.64e12;

/**
 * Checks the claims of a token whose signature is verified.
 * @see RFC 7519, section 4.1; RFC 9068, section 4
 */
export function checkClaims(
  payload: Uint8Array,
  expected: Expectations,
  nowMs: number,
): { checks: readonly Check[]; claims: JsonObject | undefined } {
  const read = readStrictJson(payload);
  if ('problem' in read) return { checks: [failed('claims', `the payload ${read.problem}`)], claims: undefined };
  const claims = read.value;
  const kind = kindProblem(claims);
  const checks = [
    ...(kind ? [failed('kind', kind)] : []),
    ok('claims', 'a JSON object without duplicate members'),
    checkIssuer(claims, expected.issuer),
    checkAudience(claims, expected.audience),
    ...checkTimes(claims, nowMs / 1000, expected.clockToleranceSeconds ?? 0),
    checkScopes(claims, expected.scopes ?? []),
    checkGuest(claims, expected.guest),
  ];
  return { checks, claims };
}

/**
 * Recognises other kinds of token by claims that only they have, because `typ` may be missing or `JWT`. Some issuers put
 * `nonce` in access tokens too, but with a `scope`, which no ID token has.
 * @see RFC 8725, section 3.12; OpenID Connect Core, sections 2 and 3.1.3.6; Back-Channel Logout, section 2.4
 */
function kindProblem({
  aud,
  session_id,
  user_id,
  scope,
  nonce,
  at_hash,
  c_hash,
  events,
}: JsonObject): string | undefined {
  if (aud === undefined && typeof session_id === 'string' && typeof user_id === 'string')
    return rejectedKind('the claims are those of a session token');
  if (scope === undefined && [nonce, at_hash, c_hash].some((claim) => claim !== undefined))
    return rejectedKind('the claims are those of an ID token');
  return isJsonObject(events) && Object.hasOwn(events, logoutEvent)
    ? rejectedKind('the claims are those of a logout token')
    : undefined;
}

function checkIssuer({ iss }: JsonObject, expected: string | undefined): Check {
  if (expected === undefined) return skipped('iss', 'no expected issuer given (--issuer)');
  if (iss === expected) return ok('iss', expected);
  return failed('iss', `${iss === undefined ? 'no issuer' : textOf(iss)}; expected ${expected}`);
}

function checkAudience({ aud }: JsonObject, expected: string | undefined): Check {
  if (expected === undefined) return skipped('aud', 'no expected API given (--api or --audience)');
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.every((audience) => typeof audience === 'string')) {
    return failed('aud', aud === undefined ? `no audience; expected ${expected}` : 'not a string or a list of strings');
  }
  if (audiences.includes(expected)) return ok('aud', expected);
  return failed('aud', `${audiences.map(textOf).join(', ').slice(0, 200) || 'no audience'}; expected ${expected}`);
}

/** Each comparison is written so that a NaN from a caller of the library makes the token invalid. */
function checkTimes(claims: JsonObject, now: number, tolerance: number): Check[] {
  const problems = new Map(timeProblems(claims).map((found) => [found.claim, found]));
  const time = (check: CheckName & ('exp' | 'nbf' | 'iat'), missing: Check, compare: (at: number) => Check): Check => {
    if (claims[check] === undefined) return missing;
    const at = numberOf(claims[check]) ?? Number.NaN;
    const compared = at >= 0 && at <= lastSecond ? compare(at) : failed(check, 'not a time');
    const found = problems.get(check);
    if (!found) return compared;
    const isUnitAmbiguous = found.ambiguous && !Number.isNaN(at);
    if (!isUnitAmbiguous) return { ...compared, detail: `${compared.detail}; the value ${found.problem}` };
    return { ...compared, detail: `${at} ${found.problem}${compared.state === 'ok' ? `; ${acceptedUntil(at)}` : ''}` };
  };
  return [
    time('exp', failed('exp', 'not set: an access token must expire'), (at) =>
      now < at + tolerance ? ok('exp', `expires ${utc(at)}`) : failed('exp', `expired ${utc(at)}`),
    ),
    time('nbf', skipped('nbf', 'not set'), (at) =>
      now >= at - tolerance ? ok('nbf', `valid from ${utc(at)}`) : failed('nbf', `not valid before ${utc(at)}`),
    ),
    time('iat', skipped('iat', 'not set'), (at) =>
      now >= at - tolerance
        ? ok('iat', `issued ${utc(at)}`)
        : failed('iat', `issued in the future (${utc(at)}); do clocks differ? (--clock-tolerance)`),
    ),
  ];
}

/** An `exp` in milliseconds does not make a token invalid; it makes it valid for thousands of years. */
function acceptedUntil(seconds: number): string {
  return `an API accepts the token until the year ${new Date(seconds * 1000).getUTCFullYear()}`;
}

function checkScopes({ scope }: JsonObject, required: readonly string[]): Check {
  if (required.length === 0) return skipped('scope', 'no required scopes given (--scopes)');
  if (scope !== undefined && typeof scope !== 'string') return failed('scope', 'not a string');
  const granted = (scope ?? '').split(' ').filter((name) => name !== '');
  const missing = required.filter((name) => !granted.includes(name));
  return missing.length === 0 ? ok('scope', required.join(' ')) : failed('scope', `lacks ${missing.join(' ')}`);
}

function checkGuest({ sub }: JsonObject, wanted: boolean | undefined): Check {
  const prefix = typeof sub === 'string' ? guestPrefixes.find((begin) => sub.startsWith(begin)) : undefined;
  const unknown = "no 'sub': cannot tell whether it is a guest";
  const finding = prefix ? `a guest: 'sub' begins with ${prefix}` : "not a guest: 'sub' has no guest prefix";
  if (wanted === undefined) {
    const known = typeof sub === 'string' ? finding : unknown;
    return skipped('guest', `${known}; no expectation given (--guest or --no-guest)`);
  }
  if (typeof sub !== 'string') return failed('guest', unknown);
  return wanted === (prefix !== undefined) ? ok('guest', finding) : failed('guest', finding);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 100) : 'not a string';
}

function utc(seconds: number): string {
  return dateText(new Date(seconds * 1000));
}
