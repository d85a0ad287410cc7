import { isUtf8 } from 'node:buffer';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { AnonError } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import type { KeyRing, NamedKey } from '../ports.ts';

/**
 * The keys in a file: a JWK, a JWK Set (RFC 7517), PEM keys or certificates, or one secret key, as raw bytes, base64url
 * or hex.
 * @throws {AnonError} `usage`, repeating nothing of the text
 */
export function keyRingOf(file: string | Uint8Array, fileName: string): KeyRing {
  const bytes = Buffer.from(file);
  const text = isUtf8(bytes) ? bytes.toString('utf8') : '';
  const jwks = text.includes('-----BEGIN ') ? fromPem(text) : [...fromJson(text), ...fromSecret(bytes, text.trim())];
  if (jwks.length === 0) throw isLocked(text) ? lockedKey(fileName) : noKey(fileName);
  const keys: NamedKey[] = jwks.map((jwk) => ({
    name: typeof jwk.kid === 'string' ? `key ${jwk.kid} of ${fileName}` : fileName,
    jwk,
    anyUse: true,
  }));
  return { signatureKeys: async () => keys, sealKeys: async () => keys };
}

type Jwk = JsonObject;

function fromJson(text: string): Jwk[] {
  const value = parse(text);
  const keys = isJsonObject(value) && Array.isArray(value.keys) ? value.keys : [value];
  return keys.filter((key): key is Jwk => isJsonObject(key) && typeof key.kty === 'string');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The bytes that algorithms with a secret key take. @see RFC 7518, sections 3.2, 4.4 and 5.1 */
const secretBytes = new Set([16, 24, 32, 48, 64]);

/**
 * One secret key. Hex is base64url as well, and either may be the key itself: each reading that gives a key is one
 * to try, for what a key opens or vouches for shows which is right.
 */
function fromSecret(bytes: Buffer, text: string): Jwk[] {
  if (/^[{["]/.test(text)) return [];
  const readings = [bytes];
  if (text !== '') readings.push(Buffer.from(text));
  if (/^[\w-]+=*$/.test(text)) readings.push(Buffer.from(text, 'base64url'));
  if (/^[A-Za-z\d+/]+=*$/.test(text)) readings.push(Buffer.from(text, 'base64'));
  if (/^(?:[\da-f]{2})+$/i.test(text)) readings.push(Buffer.from(text, 'hex'));
  const fitting = readings.filter(({ length }) => secretBytes.has(length)).map((key) => key.toString('base64url'));
  return [...new Set(fitting)].map((k) => ({ kty: 'oct', k }));
}

function fromPem(text: string): Jwk[] {
  const blocks = text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
  return blocks.flatMap((block): Jwk[] => {
    for (const createKey of [createPrivateKey, createPublicKey]) {
      try {
        return [{ ...createKey(block).export({ format: 'jwk' }) }];
      } catch {
        // Not that kind of key; a certificate is read as the public key in it.
      }
    }
    return [];
  });
}

/** @see RFC 5958, section 3; RFC 1421, section 4.6.1.1 */
function isLocked(text: string): boolean {
  return /^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(text);
}

function lockedKey(fileName: string): AnonError {
  return new AnonError('usage', `${fileName} holds a key under a passphrase, which cannot be opened here.`, {
    hint: 'Take it off, into a file for you alone: openssl pkey -in <file> -out <other file>',
  });
}

function noKey(fileName: string): AnonError {
  return new AnonError('usage', `${fileName} holds no key.`, {
    hint: 'Give a JWK, a JWK Set, a PEM key or certificate, or a secret key: raw, base64url or hex.',
  });
}
