import type { JsonObject } from '../../wire/schema.ts';
import type { ClockReading } from '../../wire/tenant-clock.ts';
import type { StoreReader } from '../store/store.ts';

/**
 * How a tenant's clock differs from the machine's: it runs with an offset, or stands still. In milliseconds. Undefined: it is the
 * machine's. A document of the state, so that every process that uses the state has the same time.
 */
export type ClockSetting = { readonly offset_ms: number } | { readonly frozen_at_ms: number } | undefined;

export async function clockOf(store: StoreReader): Promise<ClockSetting> {
  return clockIn(await store.get('tenant', 'clock'));
}

export function clockIn(document: JsonObject | undefined): ClockSetting {
  return document as ClockSetting;
}

/** The tenant's time, in milliseconds since 1970. */
export function timeBy(setting: ClockSetting, machineMs: number): number {
  if (setting === undefined) return machineMs;
  return 'frozen_at_ms' in setting ? setting.frozen_at_ms : machineMs + setting.offset_ms;
}

export function clockReading(setting: ClockSetting, machineMs: number): ClockReading {
  const ms = timeBy(setting, machineMs);
  return {
    now: wholeSecond(ms),
    machine_now: wholeSecond(machineMs),
    offset_seconds: Math.round((ms - machineMs) / 1000),
    frozen: isFrozen(setting),
  };
}

export function isFrozen(setting: ClockSetting): boolean {
  return setting !== undefined && 'frozen_at_ms' in setting;
}

function wholeSecond(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString();
}

/** A clock that is not the machine's. */
export interface MovedClock {
  /** In milliseconds since 1970. */
  timeAt(machineMs: number): number;
  readingAt(machineMs: number): ClockReading;
}

/** Undefined for the machine's. */
export function movedClock(setting: ClockSetting): MovedClock | undefined {
  if (setting === undefined) return undefined;
  return { timeAt: (ms) => timeBy(setting, ms), readingAt: (ms) => clockReading(setting, ms) };
}
