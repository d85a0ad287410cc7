import { AnonError } from '../../errors.ts';

/**
 * An answer's bytes without what it was compressed with. Nothing is asked for in a compressed form, and yet proxies and
 * caches send it. `most`: how many bytes may come of it, so that a few do not take all the memory there is.
 * @throws {AnonError} `response_invalid` for what is not in the form that it says, or is too long
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
  // In the order in which they were applied.
  for (const coding of codings.reverse()) decoded = await decode(decoded, coding, most);
  return decoded;
}

type Decoder = (bytes: Buffer, options: { maxOutputLength: number }) => Buffer;

async function decode(bytes: Buffer, coding: string, most: number): Promise<Buffer> {
  const zlib = await import('node:zlib');
  const decoders = new Map<string, Decoder | undefined>([
    ['gzip', zlib.gunzipSync],
    ['x-gzip', zlib.gunzipSync],
    // Some send it without the frame of zlib.
    ['deflate', ((bytes[0] ?? 0) & 0x0f) === 8 ? zlib.inflateSync : zlib.inflateRawSync],
    ['br', zlib.brotliDecompressSync],
    // Since Node.js 22.15.
    ['zstd', (zlib as { zstdDecompressSync?: Decoder }).zstdDecompressSync],
  ]);
  const decoder = decoders.get(coding);
  if (!decoder) throw unreadable(`is compressed in a way not known here (${coding.slice(0, 20)})`);
  try {
    return decoder(bytes, { maxOutputLength: most });
  } catch (cause) {
    const tooLong = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw unreadable(tooLong ? 'is too long once it is decompressed' : `says that it is ${coding}, and is not`);
  }
}

function unreadable(problem: string): AnonError {
  return new AnonError('response_invalid', `The answer ${problem}.`, {
    hint: 'Something between here and the server, such as a proxy, may have changed it.',
  });
}
