/** Random numbers from 0 to 1, the same for each seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * `count` shuffled values. How often each occurs differs by at most one, so with at most `count` values
 * each occurs at least once.
 */
export function dealt<Card>(cards: readonly Card[], count: number, random: () => number): Card[] {
  const hand: Card[] = [];
  while (hand.length < count) hand.push(...shuffled(cards, random));
  return hand.slice(0, count);
}

function shuffled<Card>(cards: readonly Card[], random: () => number): Card[] {
  return cards
    .map((card) => ({ card, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ card }) => card);
}
