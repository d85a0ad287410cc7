import { AnonError } from '../../errors.ts';
import { loopback } from '../../wire/url.ts';

/**
 * `fetch` without a socket: `handle` answers. Paths are those of the tenant at `url`. Redirects are not followed.
 * @throws {AnonError} `usage` for a request to another host or port, from the function that it returns
 */
export function inProcessFetch(url: string, handle: (request: Request) => Promise<Response>): typeof globalThis.fetch {
  const { port } = new URL(url);
  return async (input, init) => {
    const target = new URL(input instanceof Request ? input.url : String(input), url);
    // Your own API may be on this machine too.
    if (!loopback.test(target.hostname) || target.port !== port) {
      throw new AnonError('usage', `The local tenant is ${url}, and this request is for ${target.host}.`, {
        hint: 'Use the fetch of the tenant only for requests to it.',
      });
    }
    const own = new URL(`${target.pathname}${target.search}`, url);
    const given = new Request(input instanceof Request ? input : target, init);
    const { signal } = given;
    signal.throwIfAborted();
    return Promise.race([handle(new Request(own, given)), aborted(signal)]);
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
