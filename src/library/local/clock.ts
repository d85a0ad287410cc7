import { parseDuration } from '../../domain/duration.ts';
import { AnonError } from '../../errors.ts';

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

/** How a tenant's time differs from the machine's, in milliseconds: as plain JSON. */
export type ClockState = { readonly offsetMs: number } | { readonly frozenMs: number };

interface MovableClock {
  readonly clock: TenantClock;
  state(): ClockState;
  restore(saved: ClockState): void;
}

/** A clock that can be moved, over the machine's. @throws {AnonError} `usage` for a start that is not a time */
export function movableClock(machine: () => number, { now, frozen = false }: ClockStart = {}): MovableClock {
  let state: ClockState = { offsetMs: 0 };
  const time = () => ('frozenMs' in state ? state.frozenMs : machine() + state.offsetMs);
  const move = (to: number, stopped = 'frozenMs' in state) => {
    checkRange(to);
    state = stopped ? { frozenMs: to } : { offsetMs: to - machine() };
    return new Date(to);
  };
  if (now !== undefined || frozen) move(now === undefined ? machine() : timeOf(now), frozen);
  const clock: TenantClock = {
    now: () => new Date(time()),
    advance: async (by) => move(time() + 1000 * secondsOf(by)),
    set: async (to) => move(timeOf(to)),
    freeze: async (at) => move(at === undefined ? time() : timeOf(at), true),
    run: async () => move(time(), false),
    async reset() {
      state = { offsetMs: 0 };
      return clock.now();
    },
  };
  return {
    clock,
    state: () => state,
    restore(saved) {
      state = saved;
    },
  };
}

const [earliest, latest] = [Date.UTC(1970, 0, 1), Date.UTC(9999, 11, 31, 23, 59, 59)];

function checkRange(time: number): void {
  if (time >= earliest && time <= latest) return;
  throw new AnonError('usage', "The tenant's time must be in the years 1970 to 9999.");
}

function secondsOf(by: number | string): number {
  if (typeof by === 'number' && Number.isFinite(by)) return by;
  const [, sign, rest = ''] = /^([+-]?)(.*)$/s.exec(String(by)) ?? [];
  return parseDuration(rest, '31d, 12h, -90m or a number of seconds') * (sign === '-' ? -1 : 1);
}

/** With a time of day, its zone is needed: otherwise a test would depend on the machine's. */
const isoForm = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

function timeOf(value: Date | string): number {
  const time = value instanceof Date ? value.getTime() : isoForm.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new AnonError('usage', `'${String(value).slice(0, 40)}' is not a time.`, {
    hint: 'Give a Date, or ISO 8601 with its time zone: 2027-01-01T00:00Z',
  });
}
