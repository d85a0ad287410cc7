import { X509Certificate } from 'node:crypto';
import type { JsonObject } from '../wire/schema.ts';
import { isInCertificate, type Jwk } from './jwk.ts';

/**
 * The JWK with the members of the key in its first certificate, which is the key's own. One that has them, and one whose
 * certificate cannot be read, is left as it is.
 * @see RFC 7517, section 4.7
 */
export function withCertificateKey(jwk: Jwk): Jwk {
  const [first] = isInCertificate(jwk) && Array.isArray(jwk.x5c) ? jwk.x5c : [];
  if (typeof first !== 'string') return jwk;
  try {
    const { publicKey } = new X509Certificate(Buffer.from(first.replaceAll(/\s/g, ''), 'base64'));
    const members: JsonObject = { ...publicKey.export({ format: 'jwk' }) };
    // A key that says it is of another kind than its certificate is not the certificate's.
    return jwk.kty === undefined || jwk.kty === members.kty ? { ...jwk, ...members } : jwk;
  } catch {
    return jwk;
  }
}
