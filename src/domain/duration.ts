import { AnonError } from '../errors.ts';
import { type Edition, editionNames, type LifetimeRange } from '../wire/edition/edition.ts';
import { editionNamed } from '../wire/edition/editions.ts';

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400, y: 31_536_000 } as const;
type Unit = keyof typeof unitSeconds;

const sessionLifetime = 'A session lifetime';
const guestTokenLifetime = "A guest's access token lifetime";

/** What the documentation recommends at least: 30 days. */
export const recommendedLifetimeSeconds = 30 * unitSeconds.d;

/**
 * A session lifetime in seconds: `45s`, `90m`, `12h`, `30d`, `1y` (365 days), a bare number of seconds, or `never` (0).
 * What no edition takes is refused here; the rest is the tenant's edition's to say: {@link checkSessionLifetime}.
 * @throws {AnonError} `usage`
 */
export function parseSessionLifetime(text: string): number {
  const seconds = text === 'never' ? 0 : parseDuration(text, "such as 30d, 12h, 3600 (seconds) or 'never'");
  if (seconds > 0) checkRange(seconds, widest('sessionLifetime'), sessionLifetime);
  return seconds;
}

/** The lifetime of a guest's access token in seconds; like a session lifetime, but it always ends. */
export function parseGuestTokenLifetime(text: string): number {
  const seconds = parseDuration(text, 'such as 1d, 12h or 3600 (seconds)');
  checkRange(seconds, widest('guestTokenLifetime'), guestTokenLifetime);
  return seconds;
}

/** @throws {AnonError} `usage`, when it is out of the edition's range; `edition_unsupported`, when only another edition has it */
export function checkSessionLifetime(edition: Edition, lifetimeSeconds: number): void {
  if (lifetimeSeconds === 0) {
    if (edition.sessionLifetime.mayNeverEnd) return;
    throw new AnonError('edition_unsupported', `In edition '${edition.name}' every session ends.`, {
      hint: `The longest is ${describeLifetime(edition.sessionLifetime.maxSeconds)}: anon-cli tenant set-lifetime ${lifetimeArgument(edition.sessionLifetime.maxSeconds)}`,
    });
  }
  checkLifetime(lifetimeSeconds, edition.sessionLifetime, sessionLifetime);
}

/** @throws {AnonError} `usage`, when it is out of the edition's range */
export function checkGuestTokenLifetime(edition: Edition, lifetimeSeconds: number): void {
  checkLifetime(lifetimeSeconds, edition.guestTokenLifetime, guestTokenLifetime);
}

/** Why the documentation advises against a session lifetime, or undefined when it does not. */
export function sessionLifetimeWarning(lifetimeSeconds: number): string | undefined {
  if (lifetimeSeconds === 0) {
    return 'Sessions that never expire are advised against: a leaked session token works for ever. 30 days or longer is recommended.';
  }
  if (lifetimeSeconds < unitSeconds.d) {
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

/** Seconds of `45s`, `90m`, `12h`, `30d`, `1y` (365 days) or a bare number of seconds. @throws {AnonError} `usage`, with `examples` */
export function parseDuration(text: string, examples: string): number {
  const match = /^(\d{1,12})([smhdy]?)$/.exec(text);
  if (!match)
    throw new AnonError('usage', `'${text.slice(0, 40)}' is not a duration.`, { hint: `Write one ${examples}.` });
  return Number(match[1]) * (match[2] ? unitSeconds[match[2] as Unit] : 1);
}

/** What some edition takes. */
function widest(lifetime: 'sessionLifetime' | 'guestTokenLifetime'): Pick<LifetimeRange, 'minSeconds' | 'maxSeconds'> {
  const ranges = editionNames.map((name) => editionNamed(name)[lifetime]);
  return {
    minSeconds: Math.min(...ranges.map(({ minSeconds }) => minSeconds)),
    maxSeconds: Math.max(...ranges.map(({ maxSeconds }) => maxSeconds)),
  };
}

function checkRange(
  seconds: number,
  { minSeconds, maxSeconds }: Pick<LifetimeRange, 'minSeconds' | 'maxSeconds'>,
  what: string,
): void {
  if (seconds >= minSeconds && seconds <= maxSeconds) return;
  throw new AnonError('usage', `${what} of ${seconds} seconds is out of range.`, {
    hint: `Between ${describeLifetime(minSeconds)} and ${describeLifetime(maxSeconds)}.`,
  });
}

function checkLifetime(seconds: number, range: LifetimeRange, what: string): void {
  checkRange(seconds, range, what);
  if (seconds % range.stepSeconds === 0) return;
  const below = seconds - (seconds % range.stepSeconds);
  const nearest = [below, below + range.stepSeconds].filter((near) => near <= range.maxSeconds).map(lifetimeArgument);
  throw new AnonError('usage', `${what} is whole minutes here, and ${seconds} seconds are not.`, {
    hint: `The nearest are ${nearest.join(' and ')}.`,
  });
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
