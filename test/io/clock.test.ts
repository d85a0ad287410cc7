import { expect, it } from 'vitest';
import { withinTime } from '../../src/io/clock.ts';

it('work that is done in time is waited for, and not disturbed', async () => {
  let seen: AbortSignal | undefined;
  await withinTime(60_000, async (signal) => {
    await new Promise(setImmediate);
    seen = signal;
  });
  expect(seen?.aborted).toBe(false);
});

it('work that never ends is told so, and waited for no longer', async () => {
  let seen: AbortSignal | undefined;
  await withinTime(1, (signal) => {
    seen = signal;
    return new Promise(() => {});
  });
  expect(seen?.aborted).toBe(true);
});

it('work that fails just ends, in time and after it', async () => {
  await withinTime(60_000, () => Promise.reject(new Error('refused')));
  await withinTime(
    1,
    (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  );
});
