import { keyProblem, publicKeyAlgorithms, signatureAlgorithms } from '../../jose/algorithms.ts';
import type { Jwk, NamedKey } from '../../jose/jwk.ts';
import type { Clock } from '../clock.ts';

/** The keys for decoding a token: what they can't check or decrypt is left unchecked and encrypted. */
export interface KeyRing {
  /** Keys that may have signed a token with this `kid` and issuer; empty for an unknown issuer. */
  signatureKeys(token: { kid: string | undefined; issuer: string | undefined }): Promise<readonly NamedKey[]>;
  /** Keys that may decrypt a JWE. */
  sealKeys(): Promise<readonly NamedKey[]>;
  /** For a token that these keys have verified or decrypted: its tenant's clock, if that differs from this machine's. */
  clock?(): Pick<Clock, 'now'> | undefined;
}

/** For tokens whose signatures need no check. */
export const noKeys: KeyRing = { signatureKeys: async () => [], sealKeys: async () => [] };

/** The public keys of one issuer, for verifying a token. */
export interface KeySource {
  /** Every algorithm that its keys may be for, none of them symmetric. Any other is refused before a key is looked up. */
  readonly algorithms: readonly string[];
  /**
   * The one of them that guests' access tokens are signed with. An API may have another for its users' tokens (`signing_alg`),
   * which a key set need not declare.
   */
  readonly ofGuests?: string | undefined;
  /** For people: `https://acme.eu.auth0.com/`. */
  readonly origin: string;
  /** The keys that may have signed a token with this `kid`, usable or not; without a `kid`, all keys. */
  find(kid: string | undefined): Promise<readonly NamedKey[]>;
}

/**
 * The public keys of a set. Shared secrets are left out, whatever the set says about them. Unusable keys stay, because a
 * token may name one: {@link keyProblem}. `usual`: the algorithm of signature keys that declare none.
 * @see RFC 7517, section 4; RFC 8725, sections 3.1 and 3.5
 */
export function publicKeys(jwks: readonly Jwk[], origin: string, usual?: 'RS256'): NamedKey[] {
  return jwks
    .filter(({ kty }) => kty !== 'oct')
    .map((jwk) => {
      const kid = typeof jwk.kid === 'string' ? jwk.kid.slice(0, 60) : '(no id)';
      const declaresNone = usual && jwk.alg === undefined && !keyProblem(jwk);
      return { name: `key ${kid} of ${origin}`, jwk: declaresNone ? { ...jwk, alg: usual } : jwk };
    });
}

/** A source of given keys, such as those of a file. */
export function keySourceOf(keys: readonly NamedKey[], origin: string): KeySource {
  const all = new Set(keys.flatMap(({ jwk }) => signatureAlgorithms(jwk)));
  const algorithms = [...all].filter((alg) => publicKeyAlgorithms.includes(alg));
  return { algorithms, origin, find: async (kid) => keysNamed(keys, kid) };
}

/** The keys that a token with this `kid` may mean: those with that `kid`, otherwise those without a `kid`. */
export function keysNamed(keys: readonly NamedKey[], kid: string | undefined): NamedKey[] {
  if (kid === undefined) return [...keys];
  const named = keys.filter(({ jwk }) => jwk.kid === kid);
  return named.length > 0 ? named : keys.filter(({ jwk }) => jwk.kid === undefined);
}
