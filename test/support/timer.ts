import type { Timer } from '../../src/io/clock.ts';

/** A timer that ticks when a test says so, and a clock that goes with it. */
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
    /** Whether anything still ticks. */
    get ticking() {
      return tickers.size > 0;
    },
    /** Lets time pass, with all ticks that fall into it. */
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

/** What stands on a line of a terminal after all this was written to it. */
export function lineAfter(notes: readonly string[]): string {
  return notes.join('').split(eraseLine).at(-1) ?? '';
}
