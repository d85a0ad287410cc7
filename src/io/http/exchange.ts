import type { Dispatcher } from 'undici';
import type { HttpAnswer } from '../../domain/exchange/http.ts';
import { AnonError } from '../../errors.ts';

/** Far larger than any real response; an endless one must not fill the memory. */
export const maxResponseSize = 64 * 2 ** 20;

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/**
 * One request and its complete response; a connection that breaks in the middle of a response is a failure. Handles the
 * connection's events itself: undici's `request` makes a stream with signals and listeners for each response, which costs
 * more than everything else when thousands of guests are created.
 */
export class HttpExchange implements Dispatcher.DispatchHandler {
  /** Rejects with the connection's error, or the reason given to `stop`. */
  readonly answer: Promise<HttpAnswer>;
  /** Sending the request had begun. */
  sent = false;
  #resolve!: (answer: HttpAnswer) => void;
  #reject!: (reason: unknown) => void;
  #stoppedWith: Error | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: Headers = {};
  readonly #chunks: Buffer[] = [];

  constructor() {
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Rejects the answer, and keeps a request that wasn't sent yet from being sent. */
  stop(reason: Error): void {
    this.#stoppedWith = reason;
    this.#reject(reason);
    this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#stoppedWith) {
      controller.abort(this.#stoppedWith);
      return;
    }
    this.#controller = controller;
    this.sent = true;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first = Buffer.alloc(0), ...others] = this.#chunks;
    const bytes = others.length === 0 ? first : Buffer.concat(this.#chunks);
    const headers = this.#headers;
    const get = (name: string) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : (value ?? null);
    };
    const coding = get('content-encoding');
    // Decoded once. The decompressor is loaded only for a compressed response.
    let text: Promise<string> | undefined;
    const read = async () => textOf(coding === null ? bytes : await decoded(bytes, coding));
    this.#resolve({
      status: this.#status,
      headers: { get },
      text: () => {
        text ??= read();
        return text;
      },
    });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }
}

async function decoded(bytes: Buffer, coding: string): Promise<Buffer> {
  const { withoutCoding } = await import('./exchange.ts');
  return withoutCoding(bytes, coding, maxResponseSize);
}

const decoder = new TextDecoder();

/** UTF-8, whatever the header says, without a byte order mark. @see RFC 8259, section 8.1 */
function textOf(bytes: Buffer): string {
  return decoder.decode(bytes);
}

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
