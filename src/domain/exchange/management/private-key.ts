import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { AnonError } from '../../../errors.ts';
import { type AssertionAlgorithm, assertionAlgorithms } from '../../../wire/client-assertion.ts';
import { looksLikePem, type PemBlock, pemBlocks } from '../../pem.ts';
import type { ManagementCredentials } from './credentials.ts';

/** A key that signs client assertions. */
export interface PrivateKey {
  readonly key: KeyObject;
  readonly alg: AssertionAlgorithm;
  /** The `kid` of a JWK that has one. */
  readonly keyId: string | undefined;
}

/**
 * Reads a private key: a JWK, or PEM (PKCS#8, PKCS#1 or SEC 1) in any of the forms that {@link pemBlocks} accepts.
 * `name` is its name in errors. The default for `alg` is the JWK's own, or RS256, or ES256 for an elliptic curve key.
 * @throws {AnonError} `usage` for anything but a private key, or one that `alg` cannot sign with
 */
export function readPrivateKey(text: string, name: string, alg?: AssertionAlgorithm): PrivateKey {
  const trimmed = unquoted(text.replace(/^\uFEFF/, '').trim());
  const jwk = trimmed.startsWith('{') ? readJwk(trimmed, name) : undefined;
  const key = jwk ? fromJwk(jwk, name) : fromPem(trimmed, name);
  const usedAlg = alg ?? assertionAlgorithms.find((known) => known === jwk?.alg) ?? defaultFor(key);
  if (jwk?.alg !== undefined && jwk.alg !== usedAlg) {
    throw unusable(name, `is for ${String(jwk.alg).slice(0, 20)}, not ${usedAlg}`, algorithmHint(String(jwk.alg)));
  }
  checkFits(key, usedAlg, name);
  return { key, alg: usedAlg, keyId: typeof jwk?.kid === 'string' ? jwk.kid : undefined };
}

/** Strips the quotes that a shell or an env file left around the key. */
function unquoted(text: string): string {
  if (/^'[^']*'$/s.test(text)) return text.slice(1, -1).trim();
  try {
    const inside: unknown = text.startsWith('"') ? JSON.parse(text) : text;
    return typeof inside === 'string' ? inside.trim() : text;
  } catch {
    return text;
  }
}

/** @throws {AnonError} `usage` */
export function parseSigningAlgorithm(text: string, where: string): AssertionAlgorithm {
  const known = assertionAlgorithms.find((alg) => alg === text);
  if (known) return known;
  throw new AnonError('usage', `${where} is not a supported signing algorithm.`, {
    hint: `Choose one of ${assertionAlgorithms.join(', ')}.`,
  });
}

function readJwk(text: string, name: string): JsonWebKey {
  let jwk: JsonWebKey;
  try {
    jwk = JSON.parse(text);
  } catch {
    throw unusable(name, 'is not PEM or a JWK');
  }
  if ('keys' in jwk) throw unusable(name, 'is a JWK Set', 'Pass a file with a single private key.');
  if (jwk.kty !== 'RSA' && jwk.kty !== 'EC') throw unusable(name, 'is not an RSA or elliptic curve key');
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
  const blocks = pemBlocks(text);
  // A certificate chain may come before or after the key.
  const block = blocks.find(({ label }) => label.endsWith('PRIVATE KEY')) ?? blocks[0];
  if (!block) throw unusable(name, looksLikePem(text) ? 'is damaged PEM' : 'is not PEM or a JWK');
  if (block.encrypted) {
    throw unusable(name, 'is encrypted', 'Decrypt it: openssl pkcs8 -topk8 -nocrypt -in <file> -out <new file>');
  }
  if (block.label === 'OPENSSH PRIVATE KEY') {
    throw unusable(name, 'is in OpenSSH format', 'Convert a copy to PEM: ssh-keygen -p -m PKCS8 -f <copy>');
  }
  try {
    return createPrivateKey(block.text);
  } catch {
    throw isPublic(block) ? publicKey(name) : unusable(name, 'is damaged PEM');
  }
}

function isPublic({ label, text }: PemBlock): boolean {
  try {
    createPublicKey(text);
    return true;
  } catch {
    return label === 'CERTIFICATE';
  }
}

function defaultFor({ asymmetricKeyType }: KeyObject): AssertionAlgorithm {
  if (asymmetricKeyType === 'ec') return 'ES256';
  return asymmetricKeyType === 'rsa-pss' ? 'PS256' : 'RS256';
}

function checkFits(key: KeyObject, alg: AssertionAlgorithm, name: string): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (alg === 'ES256') {
    if (type !== 'ec') throw unusable(name, 'is not an elliptic curve key, which ES256 needs', algorithmHint('RS256'));
    if (details?.namedCurve !== 'prime256v1') throw unusable(name, 'is not on curve P-256, which ES256 needs');
    return;
  }
  if (type === 'ec') throw unusable(name, `is not an RSA key, which ${alg} needs`, algorithmHint('ES256'));
  if (type !== 'rsa' && !(type === 'rsa-pss' && alg === 'PS256')) {
    throw unusable(name, `is not an RSA key that ${alg} can sign with`);
  }
  if ((details?.modulusLength ?? 0) < 2048) throw unusable(name, `has fewer than the 2048 bits that ${alg} needs`);
}

function algorithmHint(alg: string): string | undefined {
  return assertionAlgorithms.some((known) => known === alg) ? `Pass --signing-alg ${alg}` : undefined;
}

function publicKey(name: string): AnonError {
  return unusable(name, 'is a public key', 'Pass the private key that belongs to it.');
}

function unusable(name: string, problem: string, hint?: string): AnonError {
  return new AnonError('usage', `${name} ${problem}.`, {
    hint: hint ?? `Pass a private key as PEM or JWK, usable with ${assertionAlgorithms.join(', ')}.`,
  });
}

/** Well within the five minutes that the service accepts. */
const lifetimeSeconds = 120;

/**
 * A JWT that proves possession of the client's private key, valid for one request. `audience` is the issuer, with the
 * trailing slash.
 * @see RFC 7523, section 3, and management-api, section 1.1
 * @throws {AnonError} `usage` when the key is not a private key, or does not fit the algorithm
 */
export async function clientAssertion(
  { clientId, alg, keyId }: Extract<ManagementCredentials, { kind: 'private_key' }>,
  keyText: string,
  { audience, nowMs }: { audience: string; nowMs: number },
): Promise<string> {
  const { key, keyId: own } = readPrivateKey(keyText, `The private key of client ${clientId}`, alg);
  const kid = keyId ?? own;
  const now = Math.floor(nowMs / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + lifetimeSeconds)
    .sign(key);
}
