import { X509Certificate } from 'node:crypto';
import type { JsonObject } from '../../wire/schema.ts';

type Jwk = Readonly<Record<string, unknown>>;

/**
 * The JWK with the members of the key in its first certificate, which is the key's own. Undefined where that cannot be read.
 * @see RFC 7517, section 4.7
 */
export function withCertificateKey(jwk: Jwk): Jwk | undefined {
  const [first] = Array.isArray(jwk.x5c) ? jwk.x5c : [];
  if (typeof first !== 'string') return undefined;
  try {
    const { publicKey } = new X509Certificate(Buffer.from(first.replaceAll(/\s/g, ''), 'base64'));
    const members: JsonObject = { ...publicKey.export({ format: 'jwk' }) };
    // A key that says it is of another kind than its certificate is not the certificate's.
    return jwk.kty === undefined || jwk.kty === members.kty ? { ...jwk, ...members } : undefined;
  } catch {
    return undefined;
  }
}
