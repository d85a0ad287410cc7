import { isUtf8 } from 'node:buffer';
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { AnonError } from '../../errors.ts';
import { withCertificateKey } from '../../jose/certificate.ts';
import { type Jwk, type NamedKey, readKeySet } from '../../jose/jwk.ts';
import { looksLikePem, pemBlocks } from '../pem.ts';
import { type KeyRing, type KeySource, keySourceOf, publicKeys } from './key-source.ts';

/**
 * The keys in a file: a JWK, a JWK Set (RFC 7517), PEM keys or certificates however they were pasted, one DER key or
 * certificate, or one secret key as raw bytes, text, base64url or hex.
 * @throws {AnonError} `usage`, without repeating the text
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

/** The public keys in a file that holds a JWK Set, a JWK or PEM; undefined where it has none for signatures. */
export async function publicKeysIn(file: string | Uint8Array, fileName: string): Promise<KeySource | undefined> {
  const found = await keyRingOf(file, fileName).signatureKeys({ kid: undefined, issuer: undefined });
  const keys = publicKeys(
    found.map(({ jwk }) => jwk),
    fileName,
  );
  return keys.length > 0 ? keySourceOf(keys, fileName) : undefined;
}

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

/** DER may be base64 without PEM's lines around it, as in `x5c` and in consoles. */
function keysOrSecret(bytes: Buffer, text: string): readonly Jwk[] {
  const found = [bytes, Buffer.from(text, 'base64')].flatMap(fromDer);
  return found.length > 0 ? found : fromSecret(bytes, text);
}

/** The text in UTF-8, or in UTF-16 with a byte order mark, as PowerShell writes it; empty for anything else. */
function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  return isUtf8(bytes) ? bytes.toString('utf8').replace(/^\uFEFF/, '') : '';
}

/** The JSON may be a string that holds the key, as in a quoted variable. */
function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' && /^\s*\{/.test(value) ? JSON.parse(value) : value;
  } catch {
    return undefined;
  }
}

/** In bytes. Anything longer is some other file. */
const longestSecret = 1024;

/**
 * One secret key in every possible reading: hex is also base64url, and either may be the key itself. Whichever reading
 * decrypts or verifies the token is the right one.
 */
function fromSecret(bytes: Buffer, whole: string): Jwk[] {
  const text = whole.trim();
  // Several lines, a few words, JSON or HTML: some other file.
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
  // All of them are an ASN.1 sequence.
  if (bytes[0] !== 0x30) return [];
  return firstOf([
    () => new X509Certificate(bytes).publicKey,
    () => createPublicKey({ key: bytes, format: 'der', type: 'spki' }),
    () => createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' }),
  ]);
}

/** The key of the first reading that succeeds. */
function firstOf(readings: readonly (() => KeyObject)[]): Jwk[] {
  for (const read of readings) {
    try {
      return [jwkOf(read())];
    } catch {
      // Not this type of key.
    }
  }
  return [];
}

/** A key without a JWK form is reported by its type, as a key that can't check anything. */
function jwkOf(key: KeyObject): Jwk {
  try {
    return { ...key.export({ format: 'jwk' }) };
  } catch {
    const { namedCurve } = key.asymmetricKeyDetails ?? {};
    return namedCurve === undefined ? { kty: key.asymmetricKeyType } : { kty: 'EC', crv: namedCurve };
  }
}

function lockedKey(fileName: string): AnonError {
  return new AnonError('usage', `The key in ${fileName} is protected by a passphrase.`, {
    hint: 'Remove the passphrase: openssl pkey -in <file> -out <private file>',
  });
}

function noKey(fileName: string): AnonError {
  return new AnonError('usage', `No key found in ${fileName}.`, {
    hint: 'Pass a JWK, a JWK Set, a PEM key or certificate, or a secret key: raw, base64url or hex.',
  });
}
