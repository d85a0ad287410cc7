import { AnonError, isAnonError, withHint } from '../errors.ts';
import { type Edition, editionNames, type LifetimeRange } from '../wire/edition/edition.ts';
import { editionNamed } from '../wire/edition/editions.ts';
import { describeLifetime, lifetimeArgument, parseDuration, type Unit, unitSeconds } from './duration.ts';

const sessionLifetime = 'Session lifetime';
const guestTokenLifetime = 'Guest access token lifetime';

/** The minimum that the documentation recommends: 30 days. */
export const recommendedLifetimeSeconds = 30 * unitSeconds.d;

/** Whether sessions last at least as long as recommended, or never expire. */
export function isLongLived(lifetimeSeconds: number): boolean {
  return lifetimeSeconds === 0 || lifetimeSeconds >= recommendedLifetimeSeconds;
}

/**
 * A session lifetime in seconds: `45s`, `90m`, `12h`, `30d`, `1y` (365 days), a bare number of seconds, or `never` (0).
 * Refuses what the edition does not support; while the edition is unknown, what no edition supports.
 * @throws {AnonError} `usage`, and as {@link checkSessionLifetime}
 */
export function parseSessionLifetime(text: string, edition?: Edition): number {
  const seconds = text === 'never' ? 0 : parseDuration(text, '30d, 12h, 3600 (seconds) or never');
  checkByEdition(edition, (checked) => checkSessionLifetime(checked, seconds, text));
  return seconds;
}

/** The lifetime of a guest's access token in seconds; like a session lifetime, but always limited. */
export function parseGuestTokenLifetime(text: string, edition?: Edition): number {
  const seconds = parseDuration(text, '1d, 12h or 3600 (seconds)');
  checkByEdition(edition, (checked) => checkGuestTokenLifetime(checked, seconds, text));
  return seconds;
}

/**
 * Checks a session lifetime. `typed` is the value as the user wrote it; errors give the bounds in the same unit.
 * @throws {AnonError} `usage` when it is out of the edition's range; `edition_unsupported` when only another edition has it
 */
export function checkSessionLifetime(edition: Edition, lifetimeSeconds: number, typed?: string): void {
  if (lifetimeSeconds === 0 && (edition.sessionLifetime.mayNeverEnd || typed === undefined || typed === 'never')) {
    if (edition.sessionLifetime.mayNeverEnd) return;
    throw new AnonError('edition_unsupported', `Sessions always expire in edition ${edition.name}.`, {
      hint: `The longest lifetime is ${describeLifetime(edition.sessionLifetime.maxSeconds)}: anon-cli tenant set-lifetime ${lifetimeArgument(edition.sessionLifetime.maxSeconds)}`,
    });
  }
  checkLifetime(lifetimeSeconds, edition.sessionLifetime, { what: sessionLifetime, typed });
}

/** Checks the lifetime of a guest's access token. @throws {AnonError} `usage` when it is out of the edition's range */
export function checkGuestTokenLifetime(edition: Edition, lifetimeSeconds: number, typed?: string): void {
  checkLifetime(lifetimeSeconds, edition.guestTokenLifetime, { what: guestTokenLifetime, typed });
}

/** Why the documentation advises against a session lifetime; undefined when it does not. */
export function sessionLifetimeWarning(lifetimeSeconds: number): string | undefined {
  if (lifetimeSeconds === 0) {
    return 'Without expiry, a leaked session token works forever. Recommended: 30 days or longer.';
  }
  if (lifetimeSeconds < unitSeconds.d) {
    return 'With less than 24 hours, guests lose their session between visits. Recommended: 30 days or longer.';
  }
  return undefined;
}

/** Why a tenant may refuse a lifetime of guests' access tokens; undefined when none is known to. */
export function guestTokenLifetimeWarning(edition: Edition, lifetimeSeconds: number): string | undefined {
  const { acceptedFromSeconds: least = 0 } = edition.guestTokenLifetime;
  if (lifetimeSeconds >= least) return undefined;
  return `A tenant may refuse access token lifetimes under ${describeLifetime(least)} (${least} seconds); this one is ${describeLifetime(lifetimeSeconds)}.`;
}

/** Checks against `edition`; while it is unknown, refuses what all editions refuse, with the bounds of each. */
function checkByEdition(edition: Edition | undefined, check: (edition: Edition) => void): void {
  const candidates = edition ? [edition] : editionNames.map(editionNamed);
  const refusals = candidates.flatMap((candidate) => {
    const error = refusalOf(() => check(candidate));
    return error ? [{ name: candidate.name, error }] : [];
  });
  const [first, ...others] = refusals;
  if (!first || refusals.length < candidates.length) return;
  const differing = others.filter(({ error }) => error.hint !== first.error.hint);
  const hints = [
    first.error.hint,
    ...differing.map(({ name, error }) => `In edition ${name}, ${lowerFirst(error.hint ?? '')}`),
  ];
  throw withHint(first.error, hints.join(' '));
}

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}

function refusalOf(check: () => void): AnonError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (isAnonError(error)) return error;
    throw error;
  }
}

interface Checked {
  readonly what: string;
  readonly typed: string | undefined;
}

function checkLifetime(seconds: number, range: LifetimeRange, { what, typed }: Checked): void {
  const { minSeconds, maxSeconds, stepSeconds } = range;
  const lifetime = `${what} ${typed ?? lifetimeArgument(seconds)}`;
  const unit = unitOf(typed);
  if (seconds < minSeconds || seconds > maxSeconds) {
    const bound = seconds < minSeconds ? `at least ${inUnit(minSeconds, unit)}` : `at most ${inUnit(maxSeconds, unit)}`;
    const minutes = stepSeconds === 60 ? `, in whole minutes (${minSeconds / 60} to ${maxSeconds / 60})` : '';
    throw new AnonError('usage', `${lifetime} is out of range: ${bound}.`, {
      hint: `Choose ${describeLifetime(minSeconds)} to ${describeLifetime(maxSeconds)}${minutes}.`,
    });
  }
  if (seconds % stepSeconds === 0) return;
  const below = seconds - (seconds % stepSeconds);
  const nearest = [below, below + stepSeconds].filter((near) => near <= maxSeconds).map(lifetimeArgument);
  throw new AnonError('usage', `${lifetime} is not a whole number of minutes.`, {
    hint: `Choose ${nearest.join(' or ')}.`,
  });
}

/** The unit of a duration as the user typed it. */
function unitOf(typed: string | undefined): Unit | undefined {
  if (typed === undefined) return undefined;
  const [, unit] = /^\d+([smhdy]?)$/.exec(typed) ?? [];
  return unit ? (unit as Unit) : 's';
}

/** `8760h (1 year)`; in the largest unit that divides it when the given unit does not. */
function inUnit(seconds: number, unit: Unit | undefined): string {
  const argument =
    unit && seconds % unitSeconds[unit] === 0 ? `${seconds / unitSeconds[unit]}${unit}` : lifetimeArgument(seconds);
  return `${argument} (${argument === '1y' ? '365 days' : describeLifetime(seconds)})`;
}
