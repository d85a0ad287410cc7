import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import { importJWK } from 'jose/key/import';
import { keyManagementAlgorithms } from './algorithms.ts';
import type { TokenParts } from './compact.ts';
import type { NamedKey } from './jwk.ts';

/**
 * Whether a JWE could be decrypted. With a shared key the contents are also authentic: only holders of the key can have
 * encrypted them. With a private key they are not: anyone can encrypt with its public half.
 */
export type Seal =
  | { readonly state: 'opened' | 'opened_unauthenticated'; readonly key: string }
  | { readonly state: 'sealed'; readonly reason: string };

/** Decrypts a JWE with the first of `keys` that fits. @see RFC 7516, section 5.2 */
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
      // The next key may fit. If none does, that is a result, not an error.
    }
  }
  const names = [...new Set((usable.length > 0 ? usable : keys).map(({ name }) => name))].join(', ');
  const reason =
    usable.length > 0 ? `it can't be decrypted with ${names}` : `its algorithm can't be used with ${names}`;
  return { seal: { state: 'sealed', reason }, contents: undefined };
}
