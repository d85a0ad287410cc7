import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { AnonError } from '../../errors.ts';
import type { SigningAlgorithm } from '../ports.ts';

export const signingAlgorithms = ['RS256', 'RS384', 'PS256', 'ES256'] as const satisfies readonly SigningAlgorithm[];

/** A key that signs client assertions. */
export interface PrivateKey {
  readonly key: KeyObject;
  readonly alg: SigningAlgorithm;
  /** The `kid` of a JWK that has one. */
  readonly keyId: string | undefined;
}

/**
 * Reads a private key: PEM (PKCS#8, PKCS#1 or SEC 1) or a JWK. `name` is what errors call it.
 * Without `alg` it is the JWK's own, else RS256, or ES256 for an elliptic curve key.
 * @throws {AnonError} `usage` for what is no private key, and for one that `alg` cannot sign with
 */
export function readPrivateKey(text: string, name: string, alg?: SigningAlgorithm): PrivateKey {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  const jwk = trimmed.startsWith('{') ? readJwk(trimmed, name) : undefined;
  const key = jwk ? fromJwk(jwk, name) : fromPem(trimmed, name);
  const chosen = alg ?? signingAlgorithms.find((known) => known === jwk?.alg) ?? defaultFor(key);
  if (jwk?.alg !== undefined && jwk.alg !== chosen) {
    throw unusable(name, `is for ${String(jwk.alg).slice(0, 20)}, not ${chosen}`, algorithmHint(String(jwk.alg)));
  }
  checkFits(key, chosen, name);
  return { key, alg: chosen, keyId: typeof jwk?.kid === 'string' ? jwk.kid : undefined };
}

/** @throws {AnonError} `usage` */
export function parseSigningAlgorithm(text: string, where: string): SigningAlgorithm {
  const known = signingAlgorithms.find((alg) => alg === text);
  if (known) return known;
  throw new AnonError('usage', `${where} is no algorithm that client assertions are signed with.`, {
    hint: `One of ${signingAlgorithms.join(', ')}.`,
  });
}

function readJwk(text: string, name: string): JsonWebKey {
  let jwk: JsonWebKey;
  try {
    jwk = JSON.parse(text);
  } catch {
    throw unusable(name, 'is neither PEM nor a JWK');
  }
  if ('keys' in jwk) throw unusable(name, 'is a set of keys', 'Give a file with the one private key alone.');
  if (jwk.kty !== 'RSA' && jwk.kty !== 'EC') throw unusable(name, 'is neither an RSA nor an elliptic curve key');
  if (jwk.d === undefined) throw publicKey(name);
  return jwk;
}

function fromJwk(jwk: JsonWebKey, name: string): KeyObject {
  try {
    return createPrivateKey({ key: jwk, format: 'jwk' });
  } catch {
    throw unusable(name, 'is a damaged JWK');
  }
}

function fromPem(text: string, name: string): KeyObject {
  if (/-----BEGIN (ENCRYPTED PRIVATE KEY)-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    throw unusable(name, 'is encrypted', 'Decrypt it: openssl pkcs8 -topk8 -nocrypt -in <file> -out <new file>');
  }
  if (text.includes('-----BEGIN OPENSSH PRIVATE KEY-----')) {
    throw unusable(name, 'is in the format of OpenSSH', 'Make a copy of it PEM: ssh-keygen -p -m PKCS8 -f <copy>');
  }
  try {
    return createPrivateKey(text);
  } catch {
    if (isPublic(text)) throw publicKey(name);
    throw unusable(name, text.includes('-----BEGIN') ? 'is damaged PEM' : 'is neither PEM nor a JWK');
  }
}

function isPublic(text: string): boolean {
  try {
    createPublicKey(text);
    return true;
  } catch {
    return text.includes('-----BEGIN CERTIFICATE-----');
  }
}

function defaultFor({ asymmetricKeyType }: KeyObject): SigningAlgorithm {
  if (asymmetricKeyType === 'ec') return 'ES256';
  return asymmetricKeyType === 'rsa-pss' ? 'PS256' : 'RS256';
}

function checkFits(key: KeyObject, alg: SigningAlgorithm, name: string): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (alg === 'ES256') {
    if (type !== 'ec') throw unusable(name, 'is no elliptic curve key, which ES256 needs', algorithmHint('RS256'));
    if (details?.namedCurve !== 'prime256v1') throw unusable(name, 'is on another curve than P-256, which ES256 needs');
    return;
  }
  if (type === 'ec') throw unusable(name, `is no RSA key, which ${alg} needs`, algorithmHint('ES256'));
  if (type !== 'rsa' && !(type === 'rsa-pss' && alg === 'PS256')) {
    throw unusable(name, `is no RSA key that ${alg} can sign with`);
  }
  if ((details?.modulusLength ?? 0) < 2048) throw unusable(name, `has less than the 2048 bits that ${alg} needs`);
}

function algorithmHint(alg: string): string | undefined {
  return signingAlgorithms.some((known) => known === alg) ? `Say --signing-alg ${alg}` : undefined;
}

function publicKey(name: string): AnonError {
  return unusable(name, 'is the public half of a key', 'Give the private one; the public one goes to the application.');
}

function unusable(name: string, problem: string, hint?: string): AnonError {
  return new AnonError('usage', `${name} ${problem}.`, {
    hint: hint ?? `A private key as PEM or JWK, for ${signingAlgorithms.join(', ')}.`,
  });
}
