import { AnonError } from '../../errors.ts';

/**
 * Decompresses a response. None is requested compressed, but some proxies and caches compress anyway. `most`: the largest
 * result in bytes, so that a small response can't fill the memory.
 * @throws {AnonError} `response_invalid` for an unknown or wrong encoding, or a result that is too large
 * @see RFC 9110, section 8.4
 */
export async function withoutCoding(bytes: Buffer, contentEncoding: string, most: number): Promise<Buffer> {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length === 0 || bytes.length === 0) return bytes;
  let decoded = bytes;
  // Last applied, first removed.
  for (const coding of codings.reverse()) decoded = await decode(decoded, coding, most);
  return decoded;
}

type Decoder = (bytes: Buffer, options: { maxOutputLength: number }) => Buffer;

async function decode(bytes: Buffer, coding: string, most: number): Promise<Buffer> {
  const zlib = await import('node:zlib');
  const decoders = new Map<string, Decoder | undefined>([
    ['gzip', zlib.gunzipSync],
    ['x-gzip', zlib.gunzipSync],
    // Some servers send deflate without its zlib header.
    ['deflate', ((bytes[0] ?? 0) & 0x0f) === 8 ? zlib.inflateSync : zlib.inflateRawSync],
    ['br', zlib.brotliDecompressSync],
    // Since Node.js 22.15.
    ['zstd', (zlib as { zstdDecompressSync?: Decoder }).zstdDecompressSync],
  ]);
  const decoder = decoders.get(coding);
  if (!decoder) throw unreadable(`has an unknown content encoding (${coding.slice(0, 20)})`);
  try {
    return decoder(bytes, { maxOutputLength: most });
  } catch (cause) {
    const tooLong = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw unreadable(tooLong ? 'is too large once decompressed' : `is declared as ${coding} but is not`);
  }
}

function unreadable(problem: string): AnonError {
  return new AnonError('response_invalid', `The answer ${problem}.`, {
    hint: 'A proxy or something else on the way may have changed it.',
  });
}
