import type { Clock } from '../../domain/clock.ts';
import type { Pause } from '../../domain/exchange/retry.ts';
import type { Terminal } from './terminal.ts';

const eraseLine = '\r\u001b[2K';

/** Waits and says so: on a screen in one line that counts the seconds and goes in the end, elsewhere once. */
export async function countDown(
  { ms, reason }: Pause,
  clock: Clock,
  terminal: Pick<Terminal, 'note' | 'noteRewritable'>,
): Promise<void> {
  const line = (leftMs: number) => `waiting ${Math.ceil(leftMs / 1000)} s: ${reason}`;
  if (!terminal.noteRewritable) {
    terminal.note(`${line(ms)}\n`);
    return clock.wait(ms);
  }
  try {
    for (let leftMs = ms; leftMs > 0; ) {
      terminal.note(`${eraseLine}${line(leftMs)}`);
      const stepMs = leftMs % 1000 || 1000;
      await clock.wait(stepMs);
      leftMs -= stepMs;
    }
  } finally {
    terminal.note(eraseLine);
  }
}
