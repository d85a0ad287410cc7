import type { Clock } from '../../domain/clock.ts';
import type { RetryPolicy } from '../../domain/exchange/retry.ts';
import { eraseLine, type Terminal } from './terminal.ts';

interface Screen {
  readonly clock: Clock;
  readonly terminal: Pick<Terminal, 'note' | 'noteRewritable'>;
}

/** Redraws one line of the terminal every second until `endsAtMs`, then erases it. @throws {AnonError} `interrupted` */
export async function countDown(
  { clock, terminal }: Screen,
  endsAtMs: number,
  line: (leftMs: number) => string,
): Promise<void> {
  try {
    for (let leftMs = endsAtMs - clock.now(); leftMs > 0; leftMs = endsAtMs - clock.now()) {
      terminal.note(`${eraseLine}${line(leftMs)}`);
      await clock.wait(leftMs % 1000 || 1000);
    }
  } finally {
    terminal.note(eraseLine);
  }
}

/**
 * Waits of at most `maxWaitMs`. A wait that the tenant asked for is shown unless `silent`: counted down on a screen,
 * announced once in a log.
 */
export function retryPolicy(maxWaitMs: number, screen: Screen, silent: boolean): RetryPolicy {
  const { clock, terminal } = screen;
  return {
    maxWaitMs,
    random: Math.random,
    async wait({ ms, asked, reason }) {
      const line = (leftMs: number) => `waiting ${Math.ceil(leftMs / 1000)} s: ${reason}`;
      if (!asked || silent) return clock.wait(ms);
      if (terminal.noteRewritable) return countDown(screen, clock.now() + ms, line);
      terminal.note(`${line(ms)}\n`);
      return clock.wait(ms);
    },
  };
}
