import { checkPrimeSync, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/local/random.ts';
import { rsaKey, seededKeys } from '../../../src/local/tokens/seeded-keys.ts';

const numberOf = (text: unknown) => BigInt(`0x${Buffer.from(String(text), 'base64url').toString('hex')}`);

describe('keys from a seed', () => {
  it('are the same whenever they are made, and others for another seed and another owner', async () => {
    const [one, again, other, foreign] = await Promise.all([
      seededKeys(42),
      seededKeys(42),
      seededKeys(43),
      seededKeys(42, 'another tenant'),
    ]);
    expect(again).toEqual(one);
    const all = [one, other, foreign].flatMap(({ signing, session }) => [signing.kid, signing.jwk.n, session.k]);
    expect(new Set(all).size).toBe(9);
    // The first characters, which no other version of Node.js and no other machine may change.
    expect([one.signing.kid, one.signing.jwk.n?.slice(0, 24), one.session.k]).toMatchInlineSnapshot(`
      [
        "SaKmXAVnZDWVIcRDx3pcwA",
        "kpAI6AfxlQfUFEl5gsrtYIaw",
        "ojkYtDrEZB8DlfOzes_4Lt2QHsh-VgjGlmxzIlUj9ZY",
      ]
    `);
  });

  it.each([0, 1, 999_999_999_999_999])(
    'sign and verify, as RFC 8017 and FIPS 186-5 want them: seed %d',
    async (seed) => {
      const jwk = await rsaKey(seededRandom(seed, 'any'));
      const [n, e, d, p, q] = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q].map(numberOf) as [
        bigint,
        bigint,
        bigint,
        bigint,
        bigint,
      ];
      expect([p * q === n, n >> 2047n, e, p > q]).toEqual([true, 1n, 65_537n, true]);
      expect([checkPrimeSync(p), checkPrimeSync(q)]).toEqual([true, true]);
      expect([(e * d) % (p - 1n), (e * d) % (q - 1n), d > 1n << 1024n]).toEqual([1n, 1n, true]);
      expect([numberOf(jwk.dp), numberOf(jwk.dq), (q * numberOf(jwk.qi)) % p]).toEqual([
        d % (p - 1n),
        d % (q - 1n),
        1n,
      ]);
      const key = createPrivateKey({ key: jwk, format: 'jwk' });
      const text = Buffer.from('a token');
      expect(verify('sha256', text, createPublicKey(key), sign('sha256', text, key))).toBe(true);
    },
  );
});
