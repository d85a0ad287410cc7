const [firstDelayMs, maxDelayMs] = [100, 5000];

/** Whether an attempt is the only one after a failure, whose result decides what happens next. */
export interface Attempt {
  readonly isProbe: boolean;
}

/**
 * Decides when to try again after a failure: soon at first, then less often. In between nobody waits for an attempt that
 * would most likely fail too.
 */
export class Backoff {
  readonly #now: () => number;
  #failure: Error | undefined;
  #delayMs = 0;
  #nextMs = 0;
  #isProbing = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  get isDown(): boolean {
    return this.#failure !== undefined;
  }

  /** @throws the last failure, until the next attempt is due and while another caller makes it */
  begin(): Attempt {
    if (!this.#failure) return { isProbe: false };
    if (this.#isProbing || this.#now() < this.#nextMs) throw this.#failure;
    this.#isProbing = true;
    return { isProbe: true };
  }

  /** Records a failure. Of several attempts that fail at once only the first makes the delay longer. */
  failed({ isProbe }: Attempt, describe: (delayMs: number) => Error): Error {
    if (this.#failure && !isProbe) return this.#failure;
    this.#isProbing = false;
    this.#delayMs = this.#failure ? Math.min(this.#delayMs * 2, maxDelayMs) : firstDelayMs;
    this.#nextMs = this.#now() + this.#delayMs;
    this.#failure = describe(this.#delayMs);
    return this.#failure;
  }

  succeeded(): void {
    this.#failure = undefined;
    this.#isProbing = false;
  }

  /** Makes the next attempt due. */
  hasten(): void {
    this.#nextMs = this.#now();
  }
}
