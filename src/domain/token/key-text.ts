import { createPrivateKey, createPublicKey } from 'node:crypto';
import { AnonError } from '../../errors.ts';
import type { KeyRing, NamedKey } from '../ports.ts';

/**
 * The keys in the text of a file: a JWK, a JWK Set (RFC 7517), or one PEM key or certificate.
 * @throws {AnonError} `usage`, repeating nothing of the text
 */
export function keyRingOf(text: string, fileName: string): KeyRing {
  const jwks = text.includes('-----BEGIN ') ? [fromPem(text, fileName)] : fromJson(text, fileName);
  const keys: NamedKey[] = jwks.map((jwk) => ({
    name: typeof jwk.kid === 'string' ? `key ${jwk.kid} of ${fileName}` : fileName,
    jwk,
  }));
  return { signatureKeys: async () => keys, sealKeys: async () => keys };
}

type Jwk = Record<string, unknown>;

function fromJson(text: string, fileName: string): Jwk[] {
  const value = parse(text);
  const keys = isObject(value) && Array.isArray(value.keys) ? value.keys : [value];
  const usable = keys.filter((key): key is Jwk => isObject(key) && typeof key.kty === 'string');
  if (usable.length === 0) throw noKey(fileName);
  return usable;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fromPem(text: string, fileName: string): Jwk {
  for (const createKey of [createPrivateKey, createPublicKey]) {
    try {
      return { ...createKey(text).export({ format: 'jwk' }) };
    } catch {
      // Not that kind of key; a certificate is read as the public key in it.
    }
  }
  throw noKey(fileName);
}

function noKey(fileName: string): AnonError {
  return new AnonError('usage', `${fileName} holds no key.`, {
    hint: 'Give a JWK, a JWK Set, or a PEM public key, private key or certificate.',
  });
}

function isObject(value: unknown): value is Jwk {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
