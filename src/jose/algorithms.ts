// What a JWK may be used for. The key alone decides, never the token. @see RFC 7518; RFC 8037; RFC 8725, section 3.1
import type { Jwk } from './jwk.ts';

/** Those of RSA keys. */
export const rsaAlgorithms: readonly string[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const ecAlgorithms: Record<string, string> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  secp256k1: 'ES256K',
};
const edwardsAlgorithms: Record<string, string[]> = { Ed25519: ['EdDSA', 'Ed25519'], Ed448: ['EdDSA', 'Ed448'] };
const secretAlgorithms = ['HS256', 'HS384', 'HS512'];

/** Every algorithm whose signatures can be checked with a public key. */
export const publicKeyAlgorithms: readonly string[] = [...rsaAlgorithms, 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

/** Whether signatures of this algorithm can be checked at all. */
export function isSupported(alg: string): boolean {
  return publicKeyAlgorithms.includes(alg) || secretAlgorithms.includes(alg);
}

/** The algorithms that a key of this type can sign with, including those that can't be checked here. */
function possibleAlgorithms({ kty, crv }: Jwk): readonly string[] {
  switch (kty) {
    case 'RSA':
      return rsaAlgorithms;
    case 'EC':
      return Object.hasOwn(ecAlgorithms, String(crv)) ? [ecAlgorithms[String(crv)] ?? ''] : [];
    case 'OKP':
      return Object.hasOwn(edwardsAlgorithms, String(crv)) ? (edwardsAlgorithms[String(crv)] ?? []) : [];
    case 'oct':
      return secretAlgorithms;
    default:
      return [];
  }
}

/** The algorithms that a key may sign with: only its own `alg`, if that is possible for its type. */
export function signatureAlgorithms(jwk: Jwk): readonly string[] {
  const possible = possibleAlgorithms(jwk);
  return typeof jwk.alg === 'string' && possible.includes(jwk.alg) ? [jwk.alg] : possible;
}

/** Why a key can't verify any signature. */
export interface KeyProblem {
  /** Follows the key's name in a sentence: `lacks n and e`. */
  readonly reason: string;
  /** The key is for another purpose, so it can't have signed the token. */
  readonly otherUse: boolean;
}

/** Undefined for a key that can verify signatures. */
export function keyProblem(jwk: Jwk): KeyProblem | undefined {
  const otherUse = otherUseOf(jwk);
  if (otherUse !== undefined) return { reason: otherUse, otherUse: true };
  const reason = unusable(jwk);
  return reason === undefined ? undefined : { reason, otherUse: false };
}

/** @see RFC 7517, sections 4.2 to 4.4 */
function otherUseOf(jwk: Jwk): string | undefined {
  const { use, key_ops: operations, alg, crv } = jwk;
  if (use !== undefined && use !== 'sig') return `is not for signatures (use ${short(use)})`;
  // A private key counts too: its public half is used.
  if (Array.isArray(operations) && !operations.includes('verify') && !operations.includes('sign'))
    return 'is not for signatures (key_ops without verify)';
  if (crv === 'X25519' || crv === 'X448') return `is not for signatures (${crv})`;
  const possible = possibleAlgorithms(jwk);
  if (alg === undefined || possible.length === 0 || possible.includes(String(alg))) return undefined;
  return `is for ${short(alg)}, which is not a signature algorithm of its key type`;
}

const members: Record<string, readonly string[]> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
  oct: ['k'],
};

function unusable(jwk: Jwk): string | undefined {
  const { kty } = jwk;
  if (typeof kty !== 'string' || !Object.hasOwn(members, kty)) {
    return Array.isArray(jwk.x5c)
      ? "has a certificate that can't be read"
      : `has an unsupported key type (${short(kty)})`;
  }
  if ((kty === 'EC' || kty === 'OKP') && typeof jwk.crv === 'string' && !possibleAlgorithms(jwk).some(isSupported))
    return `is on an unsupported curve (${short(jwk.crv)})`;
  const missing = (members[kty] ?? []).filter((name) => typeof jwk[name] !== 'string' || jwk[name] === '');
  if (missing.length > 0) return `lacks ${missing.join(' and ')}`;
  if (kty === 'RSA') return weakness(jwk);
  return jwk.crv === 'Ed448' ? 'is on an unsupported curve (Ed448)' : undefined;
}

/** A short modulus can be factored, and with an exponent of 1 the signature is the text. @see RFC 7518, section 3.3 */
function weakness({ n, e }: Jwk): string | undefined {
  const bits = bitsOf(Buffer.from(String(n), 'base64url'));
  if (bits < 2048) return `is too weak to trust: ${bits} bits (minimum: 2048)`;
  const exponent = Buffer.from(String(e), 'base64url');
  const last = exponent.at(-1) ?? 0;
  const weak = bitsOf(exponent) < 2 || last % 2 === 0;
  return weak ? 'is too weak to trust: its exponent is 1 or even' : undefined;
}

function bitsOf(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] ?? 0) + 24;
}

function short(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 40) : typeof value;
}

/** The algorithms that a key may decrypt with. */
export function keyManagementAlgorithms(jwk: Jwk): string[] {
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
