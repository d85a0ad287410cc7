/** What a fault does to a response on its way. */
interface Transit {
  readonly delayMs: number;
  readonly breakage?: 'reset' | 'truncate' | 'drop' | undefined;
}

/** `handle` with responses that arrive as over a socket: late, in part or never. Errors are those of Node's fetch. */
export function withTransit(
  handle: (request: Request) => Promise<Response>,
  transitOf: (response: Response) => Transit | undefined,
  wait: (ms: number) => Promise<void>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const response = await handle(request);
    const { delayMs, breakage } = transitOf(response) ?? { delayMs: 0 };
    if (delayMs > 0) await wait(delayMs);
    if (breakage === 'drop') return new Promise<never>(() => {});
    if (breakage === 'reset') throw broken('fetch failed', 'ECONNRESET');
    return breakage === 'truncate' ? firstHalf(response) : response;
  };
}

async function firstHalf(response: Response): Promise<Response> {
  const body = new Uint8Array(await response.arrayBuffer());
  const half = body.subarray(0, Math.floor(body.length / 2));
  const stream = new ReadableStream({
    start: (controller) => (half.length > 0 ? controller.enqueue(half) : undefined),
    pull: (controller) => controller.error(broken('terminated', 'UND_ERR_SOCKET')),
  });
  const { status, headers } = response;
  return new Response(stream, { status, headers });
}

function broken(message: string, code: string): TypeError {
  return new TypeError(message, { cause: Object.assign(new Error(code), { code }) });
}
