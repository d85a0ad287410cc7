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
