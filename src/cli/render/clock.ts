import type { ClockReading } from '../../wire/tenant-clock.ts';
import { differenceText } from './clock-note.ts';
import type { Paint } from './paint.ts';
import { rows } from './rows.ts';

export function renderClock(paint: Paint, reading: ClockReading): string {
  const { now, machine_now, offset_seconds, frozen } = reading;
  return (
    `${paint.bold("The local tenant's clock")}\n` +
    rows(paint, [
      ['tenant', now.replace('.000Z', 'Z')],
      ['machine', machine_now.replace('.000Z', 'Z')],
      ['difference', differenceText(offset_seconds)],
      ['state', frozen ? 'frozen: it stands still' : 'running'],
    ])
  );
}
