import { AnonError } from '../errors.ts';
import { guestTokenLifetime, sessionLifetime } from '../wire/edition/lifetimes.ts';

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400, y: 31_536_000 } as const;
type Unit = keyof typeof unitSeconds;

/**
 * A session lifetime in seconds: `45s`, `90m`, `12h`, `30d`, `1y` (365 days), a bare number of seconds, or `never` (0).
 * @throws {AnonError} `usage`, when it is none of these or out of range
 */
export function parseSessionLifetime(text: string): number {
  if (text === 'never') return sessionLifetime.neverSeconds;
  const value = parseDuration(text, "such as 30d, 12h, 3600 (seconds) or 'never'");
  if (value === sessionLifetime.neverSeconds) return value;
  return inRange(value, sessionLifetime, 'A session lifetime');
}

/** The lifetime of a guest's access token in seconds; like a session lifetime, but it always ends. */
export function parseGuestTokenLifetime(text: string): number {
  return inRange(
    parseDuration(text, 'such as 1d, 12h or 3600 (seconds)'),
    guestTokenLifetime,
    "A guest's access token lifetime",
  );
}

/** Why the documentation advises against a session lifetime, or undefined when it does not. */
export function sessionLifetimeWarning(lifetimeSeconds: number): string | undefined {
  if (lifetimeSeconds === sessionLifetime.neverSeconds) {
    return 'Sessions that never expire are advised against: a leaked session token works for ever. 30 days or longer is recommended.';
  }
  if (lifetimeSeconds < sessionLifetime.shortSeconds) {
    return 'Under 24 hours guests lose their session between visits. 30 days or longer is recommended.';
  }
  return undefined;
}

/** `30 days`, `90 minutes`, `1 year`, `never expires`: the largest unit that divides it. */
export function describeLifetime(lifetimeSeconds: number): string {
  if (lifetimeSeconds === 0) return 'never expires';
  for (const [unit, name] of [
    ['y', 'year'],
    ['d', 'day'],
    ['h', 'hour'],
    ['m', 'minute'],
  ] as const) {
    const count = lifetimeSeconds / unitSeconds[unit];
    if (Number.isInteger(count)) return plural(count, name);
  }
  return plural(lifetimeSeconds, 'second');
}

/** The same as an argument that the parsers take: `30d`. */
export function lifetimeArgument(lifetimeSeconds: number): string {
  if (lifetimeSeconds === 0) return 'never';
  const unit =
    (['y', 'd', 'h', 'm'] as const).find((candidate) => lifetimeSeconds % unitSeconds[candidate] === 0) ?? 's';
  return `${lifetimeSeconds / unitSeconds[unit]}${unit}`;
}

function parseDuration(text: string, examples: string): number {
  const match = /^(\d{1,12})([smhdy]?)$/.exec(text);
  if (!match)
    throw new AnonError('usage', `'${text.slice(0, 40)}' is not a duration.`, { hint: `Write one ${examples}.` });
  return Number(match[1]) * (match[2] ? unitSeconds[match[2] as Unit] : 1);
}

function inRange(value: number, range: { minSeconds: number; maxSeconds: number }, what: string): number {
  if (value >= range.minSeconds && value <= range.maxSeconds) return value;
  throw new AnonError('usage', `${what} of ${value} seconds is out of range.`, {
    hint: `Between ${describeLifetime(range.minSeconds)} and ${describeLifetime(range.maxSeconds)}.`,
  });
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
