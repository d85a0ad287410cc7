import { createHash } from 'node:crypto';

/** A name for a symmetric key, given in base64url, that says nothing about it: the start of its thumbprint. @see RFC 7638 */
export function fingerprintOf(k: string): string {
  const jwk = JSON.stringify({ k, kty: 'oct' });
  return createHash('sha256').update(jwk).digest('base64url').slice(0, 22);
}
