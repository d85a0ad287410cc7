import type { NamedKey } from '../ports.ts';
import { signatureAlgorithms } from './algorithms.ts';
import type { KeySource } from './verify.ts';

type Jwk = NamedKey['jwk'];

/** A key set longer than that is not somebody's; and each key may have to be tried. */
const maxKeys = 100;

const asymmetric = /^(RS|PS|ES)(256|384|512)$|^EdDSA$|^Ed25519$/;
const curves = ['P-256', 'P-384', 'P-521', 'Ed25519'];

/**
 * The keys among `jwks` that may vouch for a token: public ones, for signatures, each with the algorithms that it is
 * for. A shared secret is none, whatever the set says. With `only`, each that is for signatures is for that algorithm and
 * no other.
 * @see RFC 7517, section 4; RFC 8725, sections 3.1 and 3.5
 */
export function publicKeys(jwks: readonly Jwk[], origin: string, only?: 'RS256'): NamedKey[] {
  return jwks.slice(0, maxKeys).flatMap((jwk) => {
    const pinned = only ? { ...jwk, alg: only } : jwk;
    if (!isForSignatures(jwk) || !fits(jwk) || !fits(pinned)) return [];
    const kid = typeof jwk.kid === 'string' ? jwk.kid.slice(0, 60) : '(no id)';
    return [{ name: `key ${kid} of ${origin}`, jwk: pinned }];
  });
}

/** Keys that are at hand, such as those of a file. */
export function keySourceOf(keys: readonly NamedKey[], origin: string): KeySource {
  const algorithms = [...new Set(keys.flatMap(({ jwk }) => signatureAlgorithms(jwk)))];
  return { algorithms, origin, find: async (kid) => keysNamed(keys, kid) };
}

/** Those of `keys` that a token may mean: by its `kid`, which keys without one do not contradict. */
export function keysNamed(keys: readonly NamedKey[], kid: string | undefined): NamedKey[] {
  if (kid === undefined) return [...keys];
  const named = keys.filter(({ jwk }) => jwk.kid === kid);
  return named.length > 0 ? named : keys.filter(({ jwk }) => jwk.kid === undefined);
}

function isForSignatures({ use, key_ops: operations }: Jwk): boolean {
  if (use !== undefined && use !== 'sig') return false;
  // Of a private key the public half is used: who may sign with it may have it checked.
  return !Array.isArray(operations) || operations.includes('verify') || operations.includes('sign');
}

function fits(jwk: Jwk): boolean {
  const { kty, crv, alg } = jwk;
  if (kty !== 'RSA' && !curves.includes(String(crv))) return false;
  const possible = signatureAlgorithms({ ...jwk, alg: undefined }).filter((one) => asymmetric.test(one));
  return alg === undefined ? possible.length > 0 : possible.includes(String(alg));
}
