import { expect, it } from 'vitest';
import { renewalAtMs } from '../../../src/domain/session/watch.ts';

const minute = 60_000;

it.each([
  ['a minute before its end', { accessEndsAtMs: 120 * minute, sessionEndsAtMs: undefined }, 119 * minute],
  ['at half its time when it is short', { accessEndsAtMs: minute, sessionEndsAtMs: 120 * minute }, minute / 2],
  ['no sooner than in a second', { accessEndsAtMs: 1200, sessionEndsAtMs: undefined }, 1000],
  ['of a session that never ends too', { accessEndsAtMs: 120 * minute, sessionEndsAtMs: null }, 119 * minute],
  ['at once when it is over', { accessEndsAtMs: -minute, sessionEndsAtMs: 120 * minute }, 0],
  ['at once when it does not tell', { accessEndsAtMs: undefined, sessionEndsAtMs: undefined }, 0],
  ['never when the session ends with it', { accessEndsAtMs: 5 * minute, sessionEndsAtMs: 5 * minute + 999 }, undefined],
])('an access token is renewed %s', (_, ends, at) => {
  expect(renewalAtMs(ends, 0)).toBe(at);
});
