/** What a JWK may be used for, told by the key alone: a token never chooses. @see RFC 7518; RFC 8725, section 3.1 */

const ecCurves: Record<string, string> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };

export function signatureAlgorithms(jwk: Readonly<Record<string, unknown>>): string[] {
  if (typeof jwk.alg === 'string') return [jwk.alg];
  switch (jwk.kty) {
    case 'RSA':
      return ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
    case 'EC':
      return [ecCurves[String(jwk.crv)] ?? []].flat();
    case 'OKP':
      return ['EdDSA', 'Ed25519'];
    case 'oct':
      return ['HS256', 'HS384', 'HS512'];
    default:
      return [];
  }
}

export function keyManagementAlgorithms(jwk: Readonly<Record<string, unknown>>): string[] {
  switch (jwk.kty) {
    case 'RSA':
      return ['RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'];
    case 'EC':
    case 'OKP':
      return ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'];
    case 'oct':
      return ['dir', 'A128KW', 'A192KW', 'A256KW', 'A128GCMKW', 'A192GCMKW', 'A256GCMKW'];
    default:
      return [];
  }
}
