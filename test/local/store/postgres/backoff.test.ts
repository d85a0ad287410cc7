import { beforeEach, describe, expect, it } from 'vitest';
import { Backoff } from '../../../../src/local/store/postgres/backoff.ts';

describe('attempts after a failure', () => {
  let nowMs: number;
  let backoff: Backoff;
  beforeEach(() => {
    nowMs = 0;
    backoff = new Backoff(() => nowMs);
  });

  const fail = (message = 'down') => backoff.failed(backoff.begin(), (delayMs) => new Error(`${message} ${delayMs}`));

  it('are refused with that failure until the next one is due', () => {
    const failure = fail();
    nowMs = 99;
    expect(() => backoff.begin()).toThrow(failure);
    nowMs = 100;
    expect(backoff.begin()).toEqual({ isProbe: true });
  });

  it('are made less and less often, but at least every 5 seconds', () => {
    for (const delayMs of [100, 200, 400, 800, 1600, 3200, 5000, 5000]) {
      expect(fail().message).toBe(`down ${delayMs}`);
      nowMs += delayMs - 1;
      expect(() => backoff.begin()).toThrow(`down ${delayMs}`);
      nowMs += 1;
    }
  });

  it('are made by one caller, while the others have the last failure', () => {
    const failure = fail();
    nowMs = 100;
    const probe = backoff.begin();
    nowMs = 60_000;
    expect(() => backoff.begin()).toThrow(failure);
    const next = backoff.failed(probe, () => new Error('still down'));
    expect(() => backoff.begin()).toThrow(next);
  });

  it('count as one when several began before the first failure', () => {
    const attempts = [backoff.begin(), backoff.begin(), backoff.begin()];
    const failures = attempts.map((attempt, n) => backoff.failed(attempt, (delayMs) => new Error(`${n}: ${delayMs}`)));
    expect(failures.map(({ message }) => message)).toEqual(['0: 100', '0: 100', '0: 100']);
    nowMs = 100;
    expect(backoff.begin()).toEqual({ isProbe: true });
  });

  it('are not limited any more after one that succeeded, and soon again after the next failure', () => {
    fail();
    nowMs = 100;
    expect(fail().message).toBe('down 200');
    nowMs = 300;
    backoff.begin();
    backoff.succeeded();
    expect(backoff.isDown).toBe(false);
    expect([backoff.begin(), backoff.begin()]).toEqual([{ isProbe: false }, { isProbe: false }]);
    expect(fail('down again').message).toBe('down again 100');
  });

  it('are due at once when the server is known to be back', () => {
    fail();
    backoff.hasten();
    expect(backoff.begin()).toEqual({ isProbe: true });
  });
});
