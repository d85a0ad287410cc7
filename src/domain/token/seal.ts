import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import { importJWK } from 'jose/key/import';
import type { NamedKey } from '../ports.ts';
import { keyManagementAlgorithms } from './algorithms.ts';
import type { TokenParts } from './compact.ts';
import type { Seal } from './decode.ts';

/** Opens a JWE with the first of `keys` that fits. */
export async function openSeal(
  { text, header }: TokenParts,
  keys: readonly NamedKey[],
): Promise<{ seal: Seal; contents: Uint8Array | undefined }> {
  const alg = String(header.alg);
  for (const { name, jwk } of keys) {
    if (!keyManagementAlgorithms(jwk).includes(alg)) continue;
    try {
      const key = await importJWK({ ...jwk, kty: String(jwk.kty) }, alg);
      const { plaintext } = await compactDecrypt(text, key, { keyManagementAlgorithms: [alg] });
      return { seal: { state: 'opened', key: name }, contents: plaintext };
    } catch {
      // The next key may fit; that none does is a result, not an error.
    }
  }
  const names = [...new Set(keys.map(({ name }) => name))].join(', ');
  return { seal: { state: 'sealed', reason: `it does not open with ${names}` }, contents: undefined };
}
