import { expect, it } from 'vitest';
import { withinTime } from '../../src/io/clock.ts';

it('work that is done in time is awaited and not aborted', async () => {
  let seen: AbortSignal | undefined;
  await withinTime(60_000, async (signal) => {
    await new Promise(setImmediate);
    seen = signal;
  });
  expect(seen?.aborted).toBe(false);
});

it('work that never ends is aborted and no longer awaited', async () => {
  let seen: AbortSignal | undefined;
  await withinTime(1, (signal) => {
    seen = signal;
    return new Promise(() => {});
  });
  expect(seen?.aborted).toBe(true);
});

it('work that fails is ignored, before and after the limit', async () => {
  await withinTime(60_000, () => Promise.reject(new Error('refused')));
  await withinTime(
    1,
    (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  );
});
