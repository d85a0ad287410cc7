/** Time is passed in, so that a test can move it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with `interrupted` when the user stops the command. */
  wait(ms: number): Promise<void>;
}
