import { X509Certificate } from 'node:crypto';
import type { JsonObject } from '../wire/schema.ts';
import { isInCertificate, type Jwk } from './jwk.ts';

/**
 * A JWK that is only a certificate, completed with the members of the key in it. Any other JWK, and one whose
 * certificate can't be read, is returned unchanged.
 * @see RFC 7517, section 4.7
 */
export function withCertificateKey(jwk: Jwk): Jwk {
  const [first] = isInCertificate(jwk) && Array.isArray(jwk.x5c) ? jwk.x5c : [];
  if (typeof first !== 'string') return jwk;
  try {
    const { publicKey } = new X509Certificate(Buffer.from(first.replaceAll(/\s/g, ''), 'base64'));
    const members: JsonObject = { ...publicKey.export({ format: 'jwk' }) };
    // A `kty` that contradicts the certificate means that the certificate is not the key's.
    return jwk.kty === undefined || jwk.kty === members.kty ? { ...jwk, ...members } : jwk;
  } catch {
    return jwk;
  }
}
