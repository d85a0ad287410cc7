/** Random numbers from 0 to 1, the same for each seed. @see https://en.wikipedia.org/wiki/Xorshift */
export function randomOf(seed: number): () => number {
  let state = (seed + 1) * 2_654_435_761;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A copy of `bytes` with one kind of damage: a changed byte, a missing end, or a range of zeros. */
export function damaged(bytes: Buffer, seed: number): Buffer {
  const random = randomOf(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  for (let drawn = 0; drawn < 8; drawn += 1) random();
  const copy = Buffer.from(bytes);
  const kind = below(10);
  if (kind < 2) return copy.subarray(0, below(bytes.length));
  // The first bytes are the database's header, so they are damaged more often.
  const at = below(kind === 2 || kind === 7 ? 120 : bytes.length);
  if (kind < 7) copy[at] = ((copy[at] ?? 0) + 1 + below(255)) % 256;
  else copy.fill(0, at, Math.min(copy.length, at + 1 + below(4096)));
  return copy;
}
