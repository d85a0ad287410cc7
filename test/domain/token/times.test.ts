import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenTimes } from '../../../src/domain/token/times.ts';
import { noon } from '../../support/domain.ts';

const now = noon / 1000;

describe('the times of a token', () => {
  it('are the claims with a time, each with its distance from now', () => {
    expect(tokenTimes({ exp: now + 60, iat: now - 60, nbf: now, sub: 'anon|1', cart: now }, noon)).toEqual([
      { claim: 'iat', at: new Date(noon - 60_000), secondsFromNow: -60 },
      { claim: 'nbf', at: new Date(noon), secondsFromNow: 0 },
      { claim: 'exp', at: new Date(noon + 60_000), secondsFromNow: 60 },
    ]);
  });

  it.each<[unknown, string]>([
    [1_300_819_380, '2011-03-22T18:43:00.000Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [-1, '1969-12-31T23:59:59.000Z'],
    [1.5, '1970-01-01T00:00:01.500Z'],
    [253_402_300_800, '+010000-01-01T00:00:00.000Z'],
    [8_640_000_000_000, '+275760-09-13T00:00:00.000Z'],
    ['2026-06-01T12:00:00.000Z', '2026-06-01T12:00:00.000Z'],
    ['2026-06-01T14:00:00+02:00', '2026-06-01T12:00:00.000Z'],
  ])('%j is %s', (value, iso) => {
    expect(tokenTimes({ exp: value }, noon).map(({ at }) => at.toISOString())).toEqual([iso]);
  });

  it.each<[unknown]>([
    [8_640_000_000_001],
    [1e300],
    [null],
    [true],
    ['1300819380'],
    ['2026-06-01'],
    ['2026-99-99T00:00:00Z'],
    ['tomorrow'],
    [''],
    [[1_300_819_380]],
    [{}],
  ])('%j is not a time, and is left out', (value) => {
    expect(tokenTimes({ exp: value }, noon)).toEqual([]);
  });

  it('are valid dates for any claims', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double(),
          fc.string(),
          fc.jsonValue(),
          fc.date().map((date) => `${date.getTime()}T`),
        ),
        (value) => {
          for (const { at, secondsFromNow } of tokenTimes({ created_at: value }, noon)) {
            expect(at.toISOString()).toMatch(/Z$/);
            expect(Number.isFinite(secondsFromNow)).toBe(true);
          }
        },
      ),
    );
  });
});
