import { keyProblem, publicKeyAlgorithms, signatureAlgorithms } from './algorithms.ts';
import type { NamedKey } from './key-ring.ts';
import type { KeySource } from './verify.ts';

type Jwk = NamedKey['jwk'];

/**
 * The keys of a set that may be looked at for a token: all but shared secrets, which are none, whatever the set says. Those
 * that can vouch for nothing are among them, because a token may name one: {@link keyProblem}. With `only`, each that is for
 * signatures is for that algorithm and no other.
 * @see RFC 7517, section 4; RFC 8725, sections 3.1 and 3.5
 */
export function publicKeys(jwks: readonly Jwk[], origin: string, only?: 'RS256'): NamedKey[] {
  return jwks
    .filter(({ kty }) => kty !== 'oct')
    .map((jwk) => {
      const kid = typeof jwk.kid === 'string' ? jwk.kid.slice(0, 60) : '(no id)';
      return { name: `key ${kid} of ${origin}`, jwk: only && !keyProblem(jwk) ? { ...jwk, alg: only } : jwk };
    });
}

/** Keys that are at hand, such as those of a file. */
export function keySourceOf(keys: readonly NamedKey[], origin: string): KeySource {
  const all = new Set(keys.flatMap(({ jwk }) => signatureAlgorithms(jwk)));
  const algorithms = [...all].filter((alg) => publicKeyAlgorithms.includes(alg));
  return { algorithms, origin, find: async (kid) => keysNamed(keys, kid) };
}

/** Those of `keys` that a token may mean: by its `kid`, which keys without one do not contradict. */
export function keysNamed(keys: readonly NamedKey[], kid: string | undefined): NamedKey[] {
  if (kid === undefined) return [...keys];
  const named = keys.filter(({ jwk }) => jwk.kid === kid);
  return named.length > 0 ? named : keys.filter(({ jwk }) => jwk.kid === undefined);
}
