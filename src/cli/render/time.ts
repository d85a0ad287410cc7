/** `2026-11-22 23:44:28 UTC`. */
export function dateText(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `in 29 days`, `in 3 hours`, `2 minutes ago`, `now`: the largest unit, rounded down. */
export function relativeText(secondsFromNow: number): string {
  const distance = Math.abs(secondsFromNow);
  if (distance < 1) return 'now';
  const [size, unit] = units.find(([seconds]) => distance >= seconds) ?? [1, 'second'];
  const count = Math.floor(distance / size);
  const text = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return secondsFromNow > 0 ? `in ${text}` : `${text} ago`;
}

const units = [
  [31_536_000, 'year'],
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
] as const;
