import type { Clock } from '../../domain/clock.ts';
import type { Pause, RetryPolicy } from '../../domain/exchange/retry.ts';
import type { Terminal } from './terminal.ts';

/** Waits of `maxWaitMs` at most, told on the terminal unless it is to be `silent`. */
export function patience(
  maxWaitMs: number,
  { clock, terminal, silent }: { clock: Clock; terminal: Pick<Terminal, 'note' | 'noteRewritable'>; silent: boolean },
): RetryPolicy {
  const told = (pause: Pause) => pause.asked && !silent;
  return {
    maxWaitMs,
    random: Math.random,
    async wait(pause) {
      if (!told(pause)) return clock.wait(pause.ms);
      const { countDown } = await import('./count-down.ts');
      return countDown(pause, clock, terminal);
    },
  };
}
