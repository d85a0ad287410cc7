import { setMaxListeners } from 'node:events';
import { Agent, type Dispatcher } from 'undici';
import type { Fetch, HttpAnswer } from '../domain/ports.ts';
import { interrupted } from '../errors.ts';
import { type Failed, unreachable } from './connection-failure.ts';
import { throughProxy } from './proxy.ts';
import { trustedWith } from './trusted-certificates.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** How long an exchange may take, in milliseconds. */
export interface Limits {
  /** To a connection; through a proxy, to the proxy and from there each. */
  readonly connectMs: number;
  /** From the beginning to the last byte of the answer. */
  readonly totalMs: number;
}

/** No answer is nearly as long; one that does not end shall not take all the memory there is. */
const maxResponseSize = 64 * 2 ** 20;

const usualLimits: Limits = { connectMs: 5000, totalMs: 30_000 };

export interface HttpWorld {
  readonly env: Env;
  /** Aborted when the user stops the command. */
  readonly signal: AbortSignal;
  /** A PEM file of certificates to trust beside those that Node trusts. */
  readonly caFile?: string | undefined;
}

/**
 * HTTP to the tenant at `baseUrl`, over connections that are kept from one request to the next. Redirects are not
 * followed: a token must not travel to where it was not sent. Proxies are those of HTTPS_PROXY and NO_PROXY; what is
 * plain http is on this machine, and goes there.
 * @throws {AnonError} `usage` for a proxy's address or a certificate file that cannot be used
 */
export function httpFetch(baseUrl: string, world: HttpWorld, limits = usualLimits): Fetch {
  const dispatcher = noticing(dispatcherFor(baseUrl, world, limits));
  // Each connection listens, and there may be many at once: Node would take more than ten for a leak.
  setMaxListeners(0, world.signal);
  return async (url, { method, headers, body }) => {
    const target = new URL(url);
    const failed: Failed = { url: target, sent: false, overdue: false, limits };
    const stop = new AbortController();
    const interrupt = () => stop.abort();
    const timer = setTimeout(() => {
      failed.overdue = true;
      stop.abort();
    }, limits.totalMs);
    world.signal.addEventListener('abort', interrupt);
    if (world.signal.aborted) interrupt();
    try {
      const request: NoticedRequest = {
        origin: target.origin,
        path: target.pathname + target.search,
        method: method as Dispatcher.HttpMethod,
        headers: { 'user-agent': 'anon-cli', ...headers },
        body: body ?? null,
        signal: stop.signal,
        onSent: () => {
          failed.sent = true;
        },
      };
      // Not undici's fetch, which takes three times as long and twice the memory: many guests are made this way.
      const answer = await dispatcher.request(request);
      // Read here, so that a connection that breaks in the middle of an answer is this room's error too.
      return answerOf(answer, await answer.body.text());
    } catch (error) {
      if (!world.signal.aborted) throw unreachable(failed, error);
      // Else it connects anew, and that would hold the process up.
      void dispatcher.destroy();
      throw interrupted();
    } finally {
      clearTimeout(timer);
      world.signal.removeEventListener('abort', interrupt);
    }
  };
}

function answerOf({ statusCode, headers }: Dispatcher.ResponseData, text: string): HttpAnswer {
  const get = (name: string) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? null);
  };
  return { status: statusCode, headers: { get }, text: async () => text };
}

function dispatcherFor(baseUrl: string, { env, caFile, signal }: HttpWorld, { connectMs }: Limits): Dispatcher {
  const connect = { timeout: connectMs, ca: caFile ? trustedWith(caFile, env) : undefined, signal };
  // The one limit for all of an exchange stands above those that undici has for its parts.
  const options = { headersTimeout: 0, bodyTimeout: 0, maxResponseSize, connect };
  const httpsProxy = env.https_proxy || env.HTTPS_PROXY;
  if (!httpsProxy || baseUrl.startsWith('http:')) return new Agent(options);
  return throughProxy(httpsProxy, env.no_proxy ?? env.NO_PROXY ?? '', options);
}

interface NoticedRequest extends Dispatcher.RequestOptions {
  /** Called when the request begins to go out. */
  onSent(): void;
}

/** The same connections, for requests that are told when they go out. */
function noticing(dispatcher: Dispatcher): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => {
    const begin = handler.onRequestStart?.bind(handler);
    handler.onRequestStart = (...start) => {
      (options as Dispatcher.DispatchOptions & NoticedRequest).onSent();
      begin?.(...start);
    };
    return dispatch(options, handler);
  });
}
