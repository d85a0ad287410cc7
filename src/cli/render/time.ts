/** `in 30 days`, `in 3 hours`, `2 minutes ago`, `just now`: rounded to the largest unit that fits. */
export function relativeText(secondsFromNow: number): string {
  const distance = Math.abs(secondsFromNow);
  if (distance < 1 || (secondsFromNow < 0 && distance < 5)) return 'just now';
  // A unit is used as soon as it rounds to one: 59 minutes and 40 seconds are an hour.
  const [size, , unit] = units.find(([seconds, smaller]) => distance >= seconds - smaller / 2) ?? [1, 1, 'second'];
  const count = Math.round(distance / size);
  const text = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return secondsFromNow > 0 ? `in ${text}` : `${text} ago`;
}

/** Seconds in a unit, seconds in the next smaller unit, name. */
const units = [
  [31_536_000, 86_400, 'year'],
  [86_400, 3600, 'day'],
  [3600, 60, 'hour'],
  [60, 1, 'minute'],
] as const;
