import type { ClockReading } from '../../wire/tenant-clock.ts';

const units = [
  [31_536_000, 'y'],
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'm'],
  [1, 's'],
] as const;

/** `31d`, `213d 12h`, `0s`: at most the two largest units. */
function spanText(seconds: number): string {
  const parts: string[] = [];
  let left = Math.abs(seconds);
  for (const [size, unit] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(' ') || '0s';
}

/** `31d ahead`, of the machine's clock. */
export function differenceText(seconds: number): string {
  if (seconds === 0) return "the machine's";
  return `${spanText(seconds)} ${seconds > 0 ? 'ahead' : 'behind'}`;
}

/** `By the local tenant's clock, which is 31d ahead.` */
export function clockNote({ now, offset_seconds, frozen }: ClockReading): string {
  const state = frozen ? `stands still at ${now.replace('.000Z', 'Z')}` : `is ${differenceText(offset_seconds)}`;
  return `By the local tenant's clock, which ${state}.`;
}
