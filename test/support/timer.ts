import type { Timer } from '../../src/io/clock.ts';

/** A timer that a test advances, with its clock. */
export function steppedTimer() {
  let now = 0;
  const tickers = new Set<{ ms: number; next: number; tick: () => void }>();
  const timer: Timer = {
    every(ms, tick) {
      const ticker = { ms, next: now + ms, tick };
      tickers.add(ticker);
      return () => void tickers.delete(ticker);
    },
  };
  return {
    timer,
    clock: {
      now: () => now,
      wait: () => Promise.reject(new Error('nothing waits here')),
    },
    /** Whether a timer is still running. */
    get ticking() {
      return tickers.size > 0;
    },
    /** Advances time, with all ticks on the way. */
    pass(ms: number) {
      const end = now + ms;
      for (;;) {
        const [due] = [...tickers].filter(({ next }) => next <= end).sort((one, other) => one.next - other.next);
        if (!due) break;
        now = due.next;
        due.next += due.ms;
        due.tick();
      }
      now = end;
    },
  };
}

const eraseLine = '\r\u001b[2K';

/** The content of a terminal line after all this was written to it. */
export function lineAfter(notes: readonly string[]): string {
  return notes.join('').split(eraseLine).at(-1) ?? '';
}
