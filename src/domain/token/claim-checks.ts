import { readStrictJson } from '../../jose/json.ts';
import { numberOf } from '../../wire/exact-json.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import { type Check, type CheckName, failed, ok, skipped } from './check.ts';
import { sessionToken } from './form-checks.ts';
import { dateText, timeDoubts } from './times.ts';

/** What a token must say to be good here. What is left out is not looked at. */
export interface Expectations {
  /** The issuer, letter by letter: of a tenant `https://DOMAIN/`, with the slash. */
  readonly issuer?: string | undefined;
  /** The API: one of `aud`. */
  readonly audience?: string | undefined;
  /** Each of them must be among `scope`. */
  readonly scopes?: readonly string[] | undefined;
  /** True: a guest's only. False: no guest's. */
  readonly guest?: boolean | undefined;
  /** How far the clocks may differ. */
  readonly clockToleranceSeconds?: number | undefined;
  /** The tenant gave it as an access token: where it is no JWT it is opaque, whatever it looks like. */
  readonly issued?: boolean | undefined;
}

/** What `sub` of a guest begins with, in edition `preview` and in `ea`. @see wire contract, section 1 */
const guestPrefixes = ['anon|', 'anon@'];

/** What a logout token is about. */
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

/** The last second that a Date can hold. */
const lastSecond = 8.64e12;

/**
 * Looks at the claims of a token whose signature is good.
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
  const kind = otherKind(claims);
  const checks = [
    ...(kind ? [failed('kind', kind)] : []),
    ok('claims', 'a JSON object that names each member once'),
    checkIssuer(claims, expected.issuer),
    checkAudience(claims, expected.audience),
    ...checkTimes(claims, nowMs / 1000, expected.clockToleranceSeconds ?? 0),
    checkScopes(claims, expected.scopes ?? []),
    checkGuest(claims, expected.guest),
  ];
  return { checks, claims };
}

/**
 * What is no access token by what only another kind says, for its `typ` may be left out or `JWT`. Some issuers have `nonce`
 * in access tokens too, beside the `scope` that no ID token has.
 * @see RFC 8725, section 3.12; OpenID Connect Core, sections 2 and 3.1.3.6; Back-Channel Logout, section 2.4
 */
function otherKind({
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
    return sessionToken('by its claims');
  if (scope === undefined && [nonce, at_hash, c_hash].some((one) => one !== undefined))
    return 'it is an ID token by its claims: it tells an app who signed in, and no API may take it';
  return isJsonObject(events) && Object.hasOwn(events, logoutEvent)
    ? 'it is a logout token by its claims, and no API may take it'
    : undefined;
}

function checkIssuer({ iss }: JsonObject, expected: string | undefined): Check {
  if (expected === undefined) return skipped('iss', 'whose it should be was not said: --issuer');
  if (iss === expected) return ok('iss', expected);
  return failed('iss', `it is ${shown(iss)}, not ${expected}`);
}

function checkAudience({ aud }: JsonObject, expected: string | undefined): Check {
  if (expected === undefined) return skipped('aud', 'which API it should be for was not said: --api or --audience');
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.every((one) => typeof one === 'string')) {
    return failed('aud', aud === undefined ? `it names none, not ${expected}` : 'it is not a string or a list of them');
  }
  if (audiences.includes(expected)) return ok('aud', expected);
  return failed('aud', `it is for ${audiences.map(shown).join(', ').slice(0, 200) || 'nobody'}, not for ${expected}`);
}

/** Asked so that what is no number, of a library's caller, makes a token bad and not good. */
function checkTimes(claims: JsonObject, now: number, tolerance: number): Check[] {
  const doubts = new Map(timeDoubts(claims).map((found) => [found.claim, found]));
  const time = (check: CheckName & ('exp' | 'nbf' | 'iat'), none: Check, judge: (at: number) => Check): Check => {
    if (claims[check] === undefined) return none;
    const at = numberOf(claims[check]) ?? Number.NaN;
    const judged = at >= 0 && at <= lastSecond ? judge(at) : failed(check, 'it is not a time');
    const found = doubts.get(check);
    if (!found) return judged;
    const unitInDoubt = found.untold && !Number.isNaN(at);
    if (!unitInDoubt) return { ...judged, detail: `${judged.detail}: it ${found.doubt}` };
    return { ...judged, detail: `${at} ${found.doubt}${judged.state === 'ok' ? `: ${farEnd(at)}` : ''}` };
  };
  return [
    time('exp', failed('exp', 'it names none, and an access token has to end'), (at) =>
      now < at + tolerance ? ok('exp', `it ends ${utc(at)}`) : failed('exp', `it ended ${utc(at)}`),
    ),
    time('nbf', skipped('nbf', 'it names none'), (at) =>
      now >= at - tolerance ? ok('nbf', `it began ${utc(at)}`) : failed('nbf', `it begins only ${utc(at)}`),
    ),
    time('iat', skipped('iat', 'it names none'), (at) =>
      now >= at - tolerance
        ? ok('iat', `it was issued ${utc(at)}`)
        : failed('iat', `it was issued ${utc(at)}, which is to come; clocks differ? --clock-tolerance`),
    ),
  ];
}

/** What an API makes of an end in milliseconds: it takes the token, and that is what there is to know of it. */
function farEnd(seconds: number): string {
  return `an API takes it until the year ${new Date(seconds * 1000).getUTCFullYear()}`;
}

function checkScopes({ scope }: JsonObject, required: readonly string[]): Check {
  if (required.length === 0) return skipped('scope', 'none was asked for: --scope');
  if (scope !== undefined && typeof scope !== 'string') return failed('scope', 'it is not a string');
  const granted = (scope ?? '').split(' ').filter((one) => one !== '');
  const missing = required.filter((one) => !granted.includes(one));
  return missing.length === 0 ? ok('scope', required.join(' ')) : failed('scope', `it lacks ${missing.join(' ')}`);
}

function checkGuest({ sub }: JsonObject, wanted: boolean | undefined): Check {
  const prefix = typeof sub === 'string' ? guestPrefixes.find((one) => sub.startsWith(one)) : undefined;
  const who = prefix ? `it is a guest's: 'sub' begins with ${prefix}` : "it is no guest's, by its 'sub'";
  if (wanted === undefined) return skipped('guest', `${who}; not asked for: --guest or --no-guest`);
  if (typeof sub !== 'string') return failed('guest', "it has no 'sub', so whose it is cannot be told");
  return wanted === (prefix !== undefined) ? ok('guest', who) : failed('guest', who);
}

function shown(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? value.slice(0, 100) : 'not a string';
}

function utc(seconds: number): string {
  return dateText(new Date(seconds * 1000));
}
