import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import { importJWK } from 'jose/key/import';
import { keyManagementAlgorithms } from './algorithms.ts';
import type { TokenParts } from './compact.ts';
import type { NamedKey } from './key-ring.ts';

/**
 * Whether a sealed token could be opened. What opens with a shared key is also authentic, for only who holds that key can
 * have sealed it. What opens with a private key is not: anyone may seal with its public half.
 */
export type Seal =
  | { readonly state: 'opened' | 'opened_unauthenticated'; readonly key: string }
  | { readonly state: 'sealed'; readonly reason: string };

/** Opens a JWE with the first of `keys` that fits. @see RFC 7516, section 5.2 */
export async function openSeal(
  { text, header }: TokenParts,
  keys: readonly NamedKey[],
): Promise<{ seal: Seal; contents: Uint8Array | undefined }> {
  const alg = String(header.alg);
  const usable = keys.filter(({ jwk }) => keyManagementAlgorithms(jwk).includes(alg));
  for (const { name, jwk } of usable) {
    try {
      const key = await importJWK({ ...jwk, kty: String(jwk.kty) }, alg);
      const { plaintext } = await compactDecrypt(text, key, { keyManagementAlgorithms: [alg] });
      const state = jwk.kty === 'oct' ? 'opened' : 'opened_unauthenticated';
      return { seal: { state, key: name }, contents: plaintext };
    } catch {
      // The next key may fit; that none does is a result, not an error.
    }
  }
  const names = [...new Set((usable.length > 0 ? usable : keys).map(({ name }) => name))].join(', ');
  const reason =
    usable.length > 0 ? `it does not open with ${names}` : `its algorithm is not one that opens with ${names}`;
  return { seal: { state: 'sealed', reason }, contents: undefined };
}
