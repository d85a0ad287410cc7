import { compactVerify } from 'jose/jws/compact/verify';
import { importJWK } from 'jose/key/import';
import type { NamedKey } from '../ports.ts';
import { signatureAlgorithms } from './algorithms.ts';
import type { TokenParts } from './compact.ts';
import type { Signature } from './decode.ts';

/** Checks a JWS against each of `keys`, with the algorithms that each key is for. */
export async function verifySignature({ text, header }: TokenParts, keys: readonly NamedKey[]): Promise<Signature> {
  const alg = String(header.alg);
  const usable = keys.filter(({ jwk }) => signatureAlgorithms(jwk).includes(alg));
  if (usable.length === 0) {
    return { state: 'wrong', reason: `its algorithm is not one that ${keys[0]?.name ?? 'the key'} is for` };
  }
  for (const { name, jwk } of usable) {
    try {
      await compactVerify(text, await imported(jwk, alg), { algorithms: [alg] });
      return { state: 'verified', key: name };
    } catch {
      // The next key may fit. Whatever the reason, this one does not vouch for the token.
    }
  }
  return { state: 'wrong', reason: `it does not fit ${usable.map(({ name }) => name).join(', ')}` };
}

const importedKeys = new WeakMap<NamedKey['jwk'], Map<string, ReturnType<typeof importJWK>>>();

/** Reading a key costs more than a check with it, and there may be many tokens. */
function imported(jwk: NamedKey['jwk'], alg: string): ReturnType<typeof importJWK> {
  const byAlgorithm = importedKeys.get(jwk) ?? new Map<string, ReturnType<typeof importJWK>>();
  importedKeys.set(jwk, byAlgorithm);
  const key = byAlgorithm.get(alg) ?? importJWK(publicPart(jwk), alg);
  byAlgorithm.set(alg, key);
  return key;
}

function publicPart({ kty, ...jwk }: NamedKey['jwk']): { kty: string } {
  const { d, p, q, dp, dq, qi, key_ops, use, ...rest } = jwk;
  return { ...rest, kty: String(kty) };
}
