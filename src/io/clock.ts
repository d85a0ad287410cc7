import type { Clock } from '../domain/clock.ts';
import { interrupted } from '../errors.ts';

/** The system's clock; a wait ends when the user stops the command. */
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

/** What a terminal shows while something is waited for; nothing depends on it. */
export interface Timer {
  /** Calls `tick` every `ms` milliseconds until the function it gives is called. Keeps no process alive. */
  every(ms: number, tick: () => void): () => void;
}

export const systemTimer: Timer = {
  every(ms, tick) {
    const interval = setInterval(tick, ms);
    interval.unref();
    return () => clearInterval(interval);
  },
};

/**
 * Runs `work` for at most `limitMs`. Then its signal is aborted, and it is waited for no longer.
 * What `work` did until then stands; that it failed is nobody's concern.
 */
export async function withinTime(limitMs: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      controller.abort();
      resolve();
    }, limitMs);
  });
  await Promise.race([work(controller.signal).catch(() => {}), over]);
  clearTimeout(timer);
}
