import { AnonError } from '../../errors.ts';
import { type ClockChange, clockYears, parseInstant, parseSpan } from '../../wire/tenant-clock.ts';
import type { ClockStart, TenantClock } from './clock.ts';

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
