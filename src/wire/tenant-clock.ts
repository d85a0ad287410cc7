import type { JsonObject } from './schema.ts';

/** What is done to a tenant's clock. Only the local tenant has one that can be moved. */
export type ClockChange =
  /** Forward, or back with a negative number. */
  | { readonly kind: 'advance'; readonly seconds: number }
  /** A clock that stands still stays so. */
  | { readonly kind: 'set'; readonly atMs: number }
  /** It stands still now, or at a time. */
  | { readonly kind: 'freeze'; readonly atMs: number | undefined }
  /** It goes on from where it stands. */
  | { readonly kind: 'run' }
  /** It is the machine's again. */
  | { readonly kind: 'reset' };

/** The answer of a control endpoint about the clock. Times are ISO 8601, in UTC. */
export interface ClockReading {
  readonly now: string;
  readonly machine_now: string;
  /** How far the tenant's clock is ahead of the machine's; negative when it is behind. */
  readonly offset_seconds: number;
  /** It stands still. */
  readonly frozen: boolean;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, y: 31_536_000 };

/** Seconds of `31d`, `+31d`, `-2h` or a bare number of seconds; undefined for anything else. */
export function parseSpan(text: string): number | undefined {
  const [, sign, digits, unit = 's'] = /^([+-]?)(\d{1,12})([smhdy])?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return (sign === '-' ? -1 : 1) * Number(digits) * (unitSeconds[unit] ?? 1);
}

const instantForm =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:Z|([+-])(\d\d):(\d\d)))?$/i;

/**
 * Milliseconds since 1970 of a date with a time and its zone, `2027-01-01T00:00Z`, or of a date alone, at midnight UTC.
 * Undefined for anything else, and for a day that does not exist. Without a zone, a time would mean another one on each machine.
 */
export function parseInstant(text: string): number | undefined {
  const found = instantForm.exec(text);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const [, , , , , , , fraction = '', sign, zoneHours = '0', zoneMinutes = '0'] = found;
  const ms = Date.UTC(2000, month - 1, day, hour, minute, second, Number(fraction.padEnd(3, '0').slice(0, 3)));
  // Date.UTC takes the years before 100 for those of another century.
  const at = new Date(ms).setUTCFullYear(year, month - 1, day);
  const isReal = new Date(at).toISOString().slice(0, 10) === text.slice(0, 10);
  if (!isReal || hour > 23 || minute > 59 || second > 59 || Number(zoneHours) > 23 || Number(zoneMinutes) > 59)
    return undefined;
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
  return sign === undefined ? at : at - (sign === '-' ? -zone : zone);
}

/** The tenant's clock stays in these years. */
export const clockYears = 'the years 1970 to 9999';
const [firstMs, lastMs] = [0, Date.UTC(9999, 11, 31, 23, 59, 59, 999)];
/** The end of what is to be valid at every time that a clock may show, in seconds since 1970. */
export const afterEveryClockSeconds = (lastMs + 1) / 1000;

export function isClockTime(ms: number): boolean {
  return ms >= firstMs && ms <= lastMs;
}

const spanForm = 'a span such as 31d or -2h, in s, m, h, d or y (365 days)';
const instantExample = 'a date such as 2027-01-01, or with a time and its zone: 2027-01-01T00:00Z';

/** The change that the body of a request asks for, or in words what is wrong with it. */
export function readClockChange(body: JsonObject): ClockChange | string {
  const [[name, value] = ['', undefined], ...more] = Object.entries(body);
  if (more.length > 0 || !Object.hasOwn(readers, name)) {
    return 'The body must have exactly one of the members advance, set, freeze, run and reset.';
  }
  return readers[name as keyof typeof readers](value);
}

const readers = {
  advance: (value: unknown): ClockChange | string => {
    const seconds = typeof value === 'string' ? parseSpan(value) : undefined;
    return seconds === undefined ? `advance must be ${spanForm}.` : { kind: 'advance', seconds };
  },
  set: (value: unknown): ClockChange | string => {
    const atMs = typeof value === 'string' ? parseInstant(value) : undefined;
    return atMs === undefined ? `set must be ${instantExample}.` : { kind: 'set', atMs };
  },
  freeze: (value: unknown): ClockChange | string => {
    if (value === true) return { kind: 'freeze', atMs: undefined };
    const atMs = typeof value === 'string' ? parseInstant(value) : undefined;
    return atMs === undefined ? `freeze must be true, or ${instantExample}.` : { kind: 'freeze', atMs };
  },
  run: (value: unknown): ClockChange | string => (value === true ? { kind: 'run' } : 'run must be true.'),
  reset: (value: unknown): ClockChange | string => (value === true ? { kind: 'reset' } : 'reset must be true.'),
};
