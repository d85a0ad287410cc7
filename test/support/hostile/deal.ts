/** Numbers from 0 up to 1, the same for a seed. */
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
 * `count` of the cards, shuffled: each comes as often as any other, give or take one, so that none is left out
 * where there are no more cards than `count`.
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
