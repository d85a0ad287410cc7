import { AnonError } from '../errors.ts';

export const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400, y: 31_536_000 } as const;
export type Unit = keyof typeof unitSeconds;

/** `30 days`, `90 minutes`, `1 year`, `never expires`: in the largest unit that divides it. */
export function describeLifetime(lifetimeSeconds: number): string {
  if (lifetimeSeconds === 0) return 'never expires';
  for (const [unit, name] of [
    ['y', 'year'],
    ['d', 'day'],
    ['h', 'hour'],
    ['m', 'minute'],
  ] as const) {
    const count = lifetimeSeconds / unitSeconds[unit];
    if (Number.isInteger(count)) return plural(count, name);
  }
  return plural(lifetimeSeconds, 'second');
}

/** The lifetime of guests' access tokens in words: `2 hours`; undefined stands for the tenant's default. */
export function describeTokenLifetime(lifetimeSeconds: number | undefined): string {
  return lifetimeSeconds === undefined ? "the tenant's default lifetime" : describeLifetime(lifetimeSeconds);
}

/** A lifetime as an argument that the parsers accept: `30d`. */
export function lifetimeArgument(lifetimeSeconds: number): string {
  if (lifetimeSeconds === 0) return 'never';
  const unit =
    (['y', 'd', 'h', 'm'] as const).find((candidate) => lifetimeSeconds % unitSeconds[candidate] === 0) ?? 's';
  return `${lifetimeSeconds / unitSeconds[unit]}${unit}`;
}

/** Seconds of `45s`, `90m`, `12h`, `30d`, `1y` (365 days) or a bare number of seconds. @throws {AnonError} `usage`, with `examples` */
export function parseDuration(text: string, examples: string): number {
  const match = /^(\d{1,12})([smhdy]?)$/.exec(text);
  if (!match)
    throw new AnonError('usage', `'${text.slice(0, 40)}' is not a valid duration.`, { hint: `Examples: ${examples}` });
  return Number(match[1]) * (match[2] ? unitSeconds[match[2] as Unit] : 1);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
