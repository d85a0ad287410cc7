import { createCipheriv, createHash, randomBytes } from 'node:crypto';

/** Returns unpredictable bytes, unless a test has asked for a seed. Every identifier, secret and nonce of the tenant comes from here. */
export type Random = (length: number) => Uint8Array;

const pooledBytes = 8192;

/**
 * The system's random source, read in blocks: a request needs several small pieces, and a small read costs as much
 * as a large one. No byte is returned twice.
 */
export function systemRandom(): Random {
  let pool = randomBytes(pooledBytes);
  let used = 0;
  return (length) => {
    if (length > pooledBytes - used) {
      if (length > pooledBytes) return randomBytes(length);
      pool = randomBytes(pooledBytes);
      used = 0;
    }
    used += length;
    return pool.subarray(used - length, used);
  };
}

/**
 * Bytes that follow from a seed: for tests alone, because whoever knows the seed knows all of them. They are the same on every
 * machine and in every version of Node.js. Each purpose has a stream of its own, so that more of one thing changes no other.
 */
export function seededRandom(seed: number, ...purpose: readonly string[]): Random {
  return streamOf(
    createHash('sha256')
      .update(JSON.stringify(['anon-cli', seed, ...purpose]))
      .digest(),
  );
}

/** A stream of bytes from 32 bytes: what somebody else draws from another stream meanwhile does not change it. */
export function streamOf(key: Uint8Array): Random {
  // The key stream of AES in counter mode. @see NIST SP 800-38A, section 6.5
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return (length) => stream.update(Buffer.alloc(length));
}

export function randomToken(random: Random, bytes: number): string {
  return bufferOf(random(bytes)).toString('base64url');
}

export function randomHex(random: Random, bytes: number): string {
  return bufferOf(random(bytes)).toString('hex');
}

/** The same bytes, not copied. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

const alphanumerics = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `length` letters and digits, like the service's client ids. */
export function randomName(random: Random, length: number): string {
  let name = '';
  while (name.length < length) {
    // Six bits have 64 values. The two beyond the alphabet are drawn again, so that every character is equally likely.
    const character = alphanumerics[(random(1)[0] ?? 0) & 63];
    if (character !== undefined) name += character;
  }
  return name;
}

/** A version 4 UUID. @see RFC 9562, section 5.4 */
export function randomUuid(random: Random): string {
  const bytes = Buffer.from(random(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
