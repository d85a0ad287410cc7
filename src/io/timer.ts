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
