import { randomInt } from 'node:crypto';
import { onTestFailed } from 'vitest';

/** Numbers that look random. A failed test prints their seed, with which ANON_TEST_SEED repeats them. */
export interface Seeded {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
}

export function seeded(): Seeded {
  const seed = Number(process.env.ANON_TEST_SEED ?? randomInt(2 ** 31));
  onTestFailed(() => void process.stderr.write(`The same choices again: ANON_TEST_SEED=${seed}\n`));
  let state = seed;
  // The generator mulberry32.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { below: (limit) => Math.floor(next() * limit) };
}
