import { AnonError } from '../../errors.ts';
import { type ClockChange, clockYears, parseInstant, parseSpan } from '../../wire/tenant-clock.ts';

/** The tenant's time at the start. */
export interface ClockStart {
  /** A `Date`, or ISO 8601 with its time zone: `2027-01-01T00:00Z` (default: now). */
  readonly now?: Date | string;
  /** The time stands still until it is moved (default: it goes on). */
  readonly frozen?: boolean;
}

/**
 * The tenant's clock. All that the tenant signs or judges follows it, and so does the `Date` of its responses; certificates do
 * not. Each function returns the tenant's time after the change.
 */
export interface TenantClock {
  /** The tenant's time. */
  now(): Date;
  /**
   * Moves the time by a number of seconds or a duration, `45s`, `90m`, `12h`, `31d` or `1y`; with `-`, back.
   * @throws `usage`
   */
  advance(by: number | string): Promise<Date>;
  /** Sets the time; it goes on, or stands still, as before. @throws `usage` */
  set(to: Date | string): Promise<Date>;
  /** Stops the time, at the present one or the given one. @throws `usage` */
  freeze(at?: Date | string): Promise<Date>;
  /** Lets a stopped time go on. */
  run(): Promise<Date>;
  /** Back to the time of this machine. */
  reset(): Promise<Date>;
}

/** A tenant whose state has a clock. */
interface ClockOwner {
  /** In milliseconds since 1970. */
  now(): number;
  /** Undefined, and nothing is changed, where the clock would leave the years that it may show. */
  changeClock(change: ClockChange): Promise<object | undefined>;
}

/** The clock in the state of a tenant. */
export function tenantClock(tenant: ClockOwner): TenantClock {
  const now = () => new Date(tenant.now());
  const change = async (wanted: ClockChange) => {
    if (await tenant.changeClock(wanted)) return now();
    throw new AnonError('usage', `The tenant's time must be in ${clockYears}.`);
  };
  return {
    now,
    advance: async (by) => change({ kind: 'advance', seconds: secondsOf(by) }),
    set: async (to) => change({ kind: 'set', atMs: timeOf(to) }),
    freeze: async (at) => change({ kind: 'freeze', atMs: at === undefined ? undefined : timeOf(at) }),
    run: () => change({ kind: 'run' }),
    reset: () => change({ kind: 'reset' }),
  };
}

/** Sets a clock as a test wants it at the start. @throws {AnonError} `usage` */
export async function startClock(clock: TenantClock, { now, frozen = false }: ClockStart = {}): Promise<void> {
  if (frozen) await clock.freeze(now);
  else if (now !== undefined) await clock.set(now);
}

function secondsOf(by: number | string): number {
  const seconds = typeof by === 'number' ? by : parseSpan(String(by));
  if (seconds !== undefined && Number.isFinite(seconds)) return seconds;
  throw new AnonError('usage', `'${String(by).slice(0, 40)}' is not a valid duration.`, {
    hint: 'Examples: 31d, 12h, -90m or a number of seconds',
  });
}

function timeOf(value: Date | string): number {
  const time = value instanceof Date ? value.getTime() : parseInstant(String(value));
  if (time !== undefined && !Number.isNaN(time)) return time;
  throw new AnonError('usage', `'${String(value).slice(0, 40)}' is not a time.`, {
    hint: 'Give a Date, or ISO 8601 with its time zone: 2027-01-01T00:00Z',
  });
}
