import type { Clock } from '../domain/clock.ts';
import { interrupted } from '../errors.ts';

/** The system's clock. Its wait throws `interrupted` once the signal is aborted. */
export function systemClock(signal: () => AbortSignal): Clock {
  return {
    now: () => Date.now(),
    async wait(ms) {
      const { setTimeout } = await import('node:timers/promises');
      try {
        await setTimeout(ms, undefined, { signal: signal() });
      } catch {
        throw interrupted();
      }
    },
  };
}

/** Drives what a terminal shows during a wait; no result depends on it. */
export interface Timer {
  /** Calls `tick` every `ms` milliseconds until the returned function is called. Doesn't keep the process alive. */
  every(ms: number, tick: () => void): () => void;
}

export const systemTimer: Timer = {
  every(ms, tick) {
    const interval = setInterval(tick, ms);
    interval.unref();
    return () => clearInterval(interval);
  },
};

/** Waits for `work` for at most `limitMs`, then aborts its signal. Ignores its failure. */
export async function withinTime(limitMs: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      controller.abort();
      resolve();
    }, limitMs);
  });
  await Promise.race([work(controller.signal).catch(() => {}), timeout]);
  clearTimeout(timer);
}
