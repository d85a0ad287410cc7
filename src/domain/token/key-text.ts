import { isUtf8 } from 'node:buffer';
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { AnonError } from '../../errors.ts';
import { looksLikePem, pemBlocks } from '../pem.ts';
import { withCertificateKey } from './certificate.ts';
import type { KeyRing, NamedKey } from './key-ring.ts';
import { readKeySet } from './key-set.ts';

/**
 * The keys in a file: a JWK, a JWK Set (RFC 7517), PEM keys or certificates in whatever form they were kept, one of them in
 * DER, or one secret key, as raw bytes, text, base64url or hex.
 * @throws {AnonError} `usage`, repeating nothing of the text
 */
export function keyRingOf(file: string | Uint8Array, fileName: string): KeyRing {
  const jwks = keysIn(Buffer.from(file), fileName);
  const keys: NamedKey[] = jwks.map((jwk) => ({
    name: typeof jwk.kid === 'string' ? `key ${jwk.kid} of ${fileName}` : fileName,
    jwk,
    anyUse: true,
  }));
  return { signatureKeys: async () => keys, sealKeys: async () => keys };
}

type Jwk = Readonly<Record<string, unknown>>;

function keysIn(bytes: Buffer, fileName: string): readonly Jwk[] {
  const text = textOf(bytes);
  const set = readKeySet(parse(text));
  const found = looksLikePem(text)
    ? fromPem(text)
    : set.ok
      ? set.value.map(withCertificateKey)
      : keysOrSecret(bytes, text);
  if (found.length > 0) return found;
  throw pemBlocks(text).some(({ encrypted }) => encrypted) ? lockedKey(fileName) : noKey(fileName);
}

/** DER may be in base64 without the lines around it, as `x5c` and consoles give it. */
function keysOrSecret(bytes: Buffer, text: string): readonly Jwk[] {
  const found = [bytes, Buffer.from(text, 'base64')].flatMap(fromDer);
  return found.length > 0 ? found : fromSecret(bytes, text);
}

/** Nothing where it is no text: UTF-8, or UTF-16 by its mark, as PowerShell writes it. */
function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  return isUtf8(bytes) ? bytes.toString('utf8').replace(/^\uFEFF/, '') : '';
}

/** JSON may be a text that holds the key, as in a quoted variable. */
function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' && /^\s*\{/.test(value) ? JSON.parse(value) : value;
  } catch {
    return undefined;
  }
}

/** More would be a file, and no secret that anybody typed or copied. */
const longestSecret = 1024;

/**
 * One secret key. Hex is base64url as well, and either may be the key itself: each reading that gives a key is one
 * to try, for what a key opens or vouches for shows which is right.
 */
function fromSecret(bytes: Buffer, whole: string): Jwk[] {
  const text = whole.trim();
  // Text of several lines or a few words is a file of something else, and so is what looks like JSON or a page.
  const other = /^[{["<]|[\r\n]/.test(text) || (text.length < 16 && /\s/.test(text));
  if (bytes.length > longestSecret || other) return [];
  const readings = [bytes];
  if (text !== '') readings.push(Buffer.from(text));
  if (/^[\w-]+=*$/.test(text)) readings.push(Buffer.from(text, 'base64url'));
  if (/^[A-Za-z\d+/]+=*$/.test(text)) readings.push(Buffer.from(text, 'base64'));
  if (/^(?:[\da-f]{2})+$/i.test(text)) readings.push(Buffer.from(text, 'hex'));
  const read = text === '' && isUtf8(bytes) ? [] : readings.filter(({ length }) => length > 0);
  return [...new Set(read.map((key) => key.toString('base64url')))].map((k) => ({ kty: 'oct', k }));
}

function fromPem(text: string): Jwk[] {
  return pemBlocks(text).flatMap((block) =>
    firstOf([() => createPrivateKey(block.text), () => createPublicKey(block.text)]),
  );
}

function fromDer(bytes: Buffer): Jwk[] {
  // A sequence, as each of them is.
  if (bytes[0] !== 0x30) return [];
  return firstOf([
    () => new X509Certificate(bytes).publicKey,
    () => createPublicKey({ key: bytes, format: 'der', type: 'spki' }),
    () => createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' }),
  ]);
}

/** What the first reading that succeeds gives; of a certificate it is the public key in it. */
function firstOf(readings: readonly (() => KeyObject)[]): Jwk[] {
  for (const read of readings) {
    try {
      return [jwkOf(read())];
    } catch {
      // Not that kind of key.
    }
  }
  return [];
}

/** A key of which there is no JWK is a key all the same, of a kind that nothing can be checked with. */
function jwkOf(key: KeyObject): Jwk {
  try {
    return { ...key.export({ format: 'jwk' }) };
  } catch {
    const { namedCurve } = key.asymmetricKeyDetails ?? {};
    return namedCurve === undefined ? { kty: key.asymmetricKeyType } : { kty: 'EC', crv: namedCurve };
  }
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
