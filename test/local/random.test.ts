import { describe, expect, it } from 'vitest';
import { randomHex, randomName, randomToken, randomUuid, systemRandom } from '../../src/local/random.ts';
import { sequenceOfBytes } from '../support/local.ts';

describe('identifiers drawn from random bytes', () => {
  const random = sequenceOfBytes();

  it.each([
    ['a token of base64url', () => randomToken(random, 18), /^[\w-]{24}$/],
    ['hexadecimal digits', () => randomHex(random, 12), /^[0-9a-f]{24}$/],
    ['letters and digits', () => randomName(random, 32), /^[A-Za-z0-9]{32}$/],
    [
      'a UUID of version 4',
      () => randomUuid(random),
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ],
  ])('are %s, different each time', (_, draw, shape) => {
    const drawn = Array.from({ length: 50 }, draw);
    for (const text of drawn) expect(text).toMatch(shape);
    expect(new Set(drawn).size).toBe(50);
  });
});

describe("the system's random source", () => {
  it('returns the requested number of bytes, and none twice', () => {
    const random = systemRandom();
    const lengths = Array.from({ length: 3000 }, (_, index) => 8 + (index % 17));
    const drawn = lengths.map((length) => Buffer.from(random(length)).toString('hex'));
    expect(drawn.map((hex) => hex.length / 2)).toEqual(lengths);
    const eights = drawn.flatMap((hex) => hex.match(/.{16}/g) ?? []);
    expect(new Set(eights).size).toBe(eights.length);
    expect(random(20_000)).toHaveLength(20_000);
    expect(random(8)).toHaveLength(8);
  });
});
