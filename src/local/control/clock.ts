import { type ClockChange, type ClockReading, isClockTime } from '../../wire/tenant-clock.ts';
import { type ClockSetting, clockOf, clockReading, isFrozen, timeBy } from '../state/clock.ts';
import type { Store } from '../store/store.ts';

/**
 * Changes the clock of a state, for every process that uses it, from the next request on. Undefined, and nothing is changed,
 * where it would leave the years that it may show.
 */
export async function changeClock(
  store: Store,
  change: ClockChange,
  machineMs: number,
): Promise<ClockReading | undefined> {
  return store.write(async (writer) => {
    const before = await clockOf(writer);
    const after = changed(before, change, machineMs);
    if (!isClockTime(timeBy(after, machineMs))) return undefined;
    if (after === undefined) {
      if (before !== undefined) writer.remove('tenant', 'clock');
    } else writer.put('tenant', 'clock', { ...after });
    return clockReading(after, machineMs);
  });
}

function changed(before: ClockSetting, change: ClockChange, machineMs: number): ClockSetting {
  const now = timeBy(before, machineMs);
  switch (change.kind) {
    case 'advance':
      return at(now + change.seconds * 1000, isFrozen(before), machineMs);
    case 'set':
      return at(change.atMs, isFrozen(before), machineMs);
    case 'freeze':
      return at(change.atMs ?? now, true, machineMs);
    case 'run':
      return at(now, false, machineMs);
    case 'reset':
      return undefined;
  }
}

/** Tokens have whole seconds, so a clock that stands still does too. */
function at(ms: number, stands: boolean, machineMs: number): ClockSetting {
  if (stands) return { frozen_at_ms: Math.floor(ms / 1000) * 1000 };
  return ms === machineMs ? undefined : { offset_ms: ms - machineMs };
}
