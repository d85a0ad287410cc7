import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { CompactSign } from 'jose';
import { type DecodedToken, decodeToken } from '../../src/domain/token/decode.ts';
import { keyRingOf } from '../../src/domain/token/key-file.ts';
import type { KeyRing } from '../../src/domain/token/key-source.ts';
import { noon } from './domain.ts';
import { otherTenantKeys, testKeys } from './local.ts';

/** A key ring without keys. */
export const noKeys: KeyRing = { signatureKeys: async () => [], sealKeys: async () => [] };

/** The keys of a file `key.jwk` with these keys: one JWK, or a JWK Set for several. */
export function ringOf(...jwks: readonly object[]): KeyRing {
  return keyRingOf(JSON.stringify(jwks.length === 1 ? jwks[0] : { keys: jwks }), 'key.jwk');
}

/** Decodes at noon of 1 June 2026. */
export function decode(token: string, keys: KeyRing = noKeys): Promise<DecodedToken> {
  return decodeToken({ clock: { now: () => noon }, keys }, token);
}

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JsonWebKey;
  readonly publicJwk: JsonWebKey;
}

/** Two 2048-bit RSA keys, which would take too long to generate in a test. */
export const rsa = pairOf(createPrivateKey({ key: testKeys.signing.jwk, format: 'jwk' }));
export const otherRsa = pairOf(createPrivateKey({ key: otherTenantKeys.signing.jwk, format: 'jwk' }));

export function ecPair(namedCurve: 'P-256' | 'P-384' | 'P-521' | 'secp256k1'): KeyPair {
  return pairOf(generateKeyPairSync('ec', { namedCurve }).privateKey);
}

export const ec = ecPair('P-256');

export function pairOf(privateKey: KeyObject): KeyPair {
  const publicKey = createPublicKey(privateKey);
  return {
    privateKey,
    publicKey,
    jwk: privateKey.export({ format: 'jwk' }),
    publicJwk: publicKey.export({ format: 'jwk' }),
  };
}

/** Text or claims signed by `jose`. */
export function sign(
  contents: string | object,
  key: KeyObject | Uint8Array,
  header: { alg: string; [name: string]: unknown },
): Promise<string> {
  const text = typeof contents === 'string' ? contents : JSON.stringify(contents);
  return new CompactSign(new TextEncoder().encode(text)).setProtectedHeader(header).sign(key);
}

export function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}
