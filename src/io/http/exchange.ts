import type { Dispatcher } from 'undici';
import type { HttpAnswer } from '../../domain/exchange/http.ts';

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
  const { withoutCoding } = await import('./content-coding.ts');
  return withoutCoding(bytes, coding, maxResponseSize);
}

const decoder = new TextDecoder();

/** UTF-8, whatever the header says, without a byte order mark. @see RFC 8259, section 8.1 */
function textOf(bytes: Buffer): string {
  return decoder.decode(bytes);
}
