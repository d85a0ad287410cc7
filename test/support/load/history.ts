/** What a part of the state has where there is nothing. */
export const absent = 'absent';

/**
 * What a part of the state may have: what was answered with success last, or what was sent since and has no answer. Only one
 * caller at a time may change it. An answered write settles all before it: whatever of them is saved later has been planned
 * from an older revision, and must be refused.
 */
export class History {
  readonly #possible = new Set([absent]);

  sent(value: string): void {
    this.#possible.add(value);
  }

  /** The write of `value` was answered with success. */
  saved(value: string): void {
    this.#possible.clear();
    this.#possible.add(value);
  }

  allows(value: string): boolean {
    return this.#possible.has(value);
  }

  toString(): string {
    return [...this.#possible].join(' or ');
  }
}

/** The histories of all parts of the state that the load writes. */
export type Ledger = ReadonlyMap<string, History>;

export function historyIn(ledger: Map<string, History>, part: string): History {
  const history = ledger.get(part) ?? new History();
  ledger.set(part, history);
  return history;
}

/** How a state differs from what it may be, a line each. `state` has the values of each part, which should be one. */
export function differences(ledger: Ledger, state: ReadonlyMap<string, readonly string[]>): string[] {
  const known = [...ledger].flatMap(([part, history]) => {
    const values = state.get(part) ?? [absent];
    const isRight = values.length === 1 && history.allows(values[0] ?? '');
    return isRight ? [] : [`${part} is ${values.join(' and ')}, not ${history}`];
  });
  const others = [...state.keys()].filter((part) => !ledger.has(part));
  return [...known, ...others.map((part) => `${part} was never sent`)];
}
