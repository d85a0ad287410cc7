import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../domain/ports.ts';
import { interrupted } from '../errors.ts';

/** The system's clock; a wait ends when the user stops the command. */
export function systemClock(signal: () => AbortSignal): Clock {
  return {
    now: () => Date.now(),
    async wait(ms) {
      try {
        await setTimeout(ms, undefined, { signal: signal() });
      } catch {
        throw interrupted();
      }
    },
  };
}
