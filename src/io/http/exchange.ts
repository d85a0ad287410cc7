import type { Dispatcher } from 'undici';
import type { HttpAnswer } from '../../domain/exchange/http.ts';

/** No answer is nearly as long; one that does not end shall not take all the memory there is. */
export const maxResponseSize = 64 * 2 ** 20;

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/**
 * One request on its way, and its answer, read to the end: a connection that breaks in the middle of an answer is a
 * failure too. It listens to the connection itself, because what undici's own `request` makes of each answer, a stream
 * with signals and listeners, costs more than all the rest where thousands of guests are made.
 */
export class HttpExchange implements Dispatcher.DispatchHandler {
  /** Rejects with what the connection failed with, or with what it was stopped with. */
  readonly answer: Promise<HttpAnswer>;
  /** The request had begun to go out. */
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

  /** Nobody waits for the answer any more; a request that has not gone out will not. */
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
    // Once, however often it is asked for: what decompresses is loaded where something is compressed.
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

/** UTF-8, whatever the header says, and without a mark of its byte order. @see RFC 8259, section 8.1 */
function textOf(bytes: Buffer): string {
  return decoder.decode(bytes);
}
