import { expect, it } from 'vitest';
import { isDeeperThan } from '../../src/jose/json.ts';

const nested = (levels: number) => JSON.parse(`${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`);

it.each([
  [0, 'text', false],
  [0, null, false],
  [0, {}, false],
  [0, [1], true],
  [1, { a: 1, b: { c: 2 } }, true],
  [2, { a: 1, b: { c: 2 } }, false],
  [10, nested(10), false],
  [10, nested(12), true],
  [500, nested(200_000), true],
])('deeper than %i: %#', (levels, value, deeper) => {
  expect(isDeeperThan(levels, value)).toBe(deeper);
});
