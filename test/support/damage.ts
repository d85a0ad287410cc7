/** Random numbers from 0 to 1, the same ones for a seed. @see https://en.wikipedia.org/wiki/Xorshift */
export function randomOf(seed: number): () => number {
  let state = (seed + 1) * 2_654_435_761;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A copy of `bytes` that is damaged in one way: a byte is another, the end is missing, or a stretch is zeros. */
export function damaged(bytes: Buffer, seed: number): Buffer {
  const random = randomOf(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  for (let drawn = 0; drawn < 8; drawn += 1) random();
  const copy = Buffer.from(bytes);
  const kind = below(10);
  if (kind < 2) return copy.subarray(0, below(bytes.length));
  // The first bytes say what the rest is: they are hit more often than others.
  const at = below(kind === 2 || kind === 7 ? 120 : bytes.length);
  if (kind < 7) copy[at] = ((copy[at] ?? 0) + 1 + below(255)) % 256;
  else copy.fill(0, at, Math.min(copy.length, at + 1 + below(4096)));
  return copy;
}
