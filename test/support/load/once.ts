import type { Answer } from './client.ts';

/** Something that may be accepted once: an assertion, or the identifier of a new API. */
export class Once {
  readonly #name: string;
  #accepted = 0;
  /** Whether a request for it has no answer that tells whether it was accepted. */
  #isUncertain = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** Notes what a request for it was answered. */
  note(answer: Answer | undefined): void {
    if (!answer || answer.status === 503) this.#isUncertain = true;
    else if (answer.status < 300) this.#accepted += 1;
  }

  get isAccepted(): boolean {
    return this.#accepted > 0;
  }

  /** What is wrong with the answers so far. */
  problem(): string | undefined {
    if (this.#accepted > 1) return `${this.#name} was accepted ${this.#accepted} times`;
    return this.#accepted === 0 && !this.#isUncertain ? `${this.#name} was never accepted` : undefined;
  }
}
