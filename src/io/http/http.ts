import { setMaxListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { Agent, type Dispatcher } from 'undici';
import type { Fetch } from '../../domain/exchange/http.ts';
import { interrupted } from '../../errors.ts';
import { unreachable } from './connection-failure.ts';
import { HttpExchange, maxResponseSize } from './exchange.ts';
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

const usualLimits: Limits = { connectMs: 5000, totalMs: 30_000 };

/** Who gives an exchange another time than the default gives it to the connection too. */
export function limitsWithin(totalMs: number | undefined): Limits {
  return totalMs === undefined ? usualLimits : { connectMs: totalMs, totalMs };
}

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
  putOffCompiling();
  const { signal } = world;
  const dispatcher = dispatcherFor(baseUrl, world, limits);
  const underWay = new Set<HttpExchange>();
  // Each connection listens, and there may be many at once: Node would take more than ten for a leak.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', () => {
    for (const exchange of underWay) exchange.stop(interrupted());
    // Else it connects anew, and that would hold the process up.
    void dispatcher.destroy();
  });
  return async (url, request) => {
    if (signal.aborted) throw interrupted();
    const target = new URL(url);
    const exchange = new HttpExchange();
    let overdue = false;
    const timer = setTimeout(() => {
      overdue = true;
      exchange.stop(new Error('overdue'));
    }, limits.totalMs);
    underWay.add(exchange);
    try {
      dispatcher.dispatch(optionsOf(target, request), exchange);
      const answer = await exchange.answer;
      // Its connection is free from the next turn on, and who sends before that has another made, handshake and all.
      // Where many are under way each has one of its own, and a turn would cost more than it saves.
      if (underWay.size === 1) await nextTurn();
      return answer;
    } catch (error) {
      if (signal.aborted) throw interrupted();
      throw unreachable({ url: target, sent: exchange.sent, overdue, limits }, error);
    } finally {
      clearTimeout(timer);
      underWay.delete(exchange);
    }
  };
}

function optionsOf(
  { origin, pathname, search }: URL,
  { method, headers, body }: Parameters<Fetch>[1],
): Dispatcher.DispatchOptions {
  return {
    ...{ origin, path: pathname + search, method: method as Dispatcher.HttpMethod, body: body ?? null },
    headers: { 'user-agent': 'anon-cli', 'accept-encoding': 'identity', ...headers },
  };
}

/** The last version of Node.js in which the flag was seen to be known: an unknown one would be told of on stderr. */
const lastKnownMajor = 26;

/**
 * undici's parser is WebAssembly, which V8 compiles once more, for speed, when it was used for so much. The usual
 * budget is gone with the second answer, and Node does not end before it is done: half the time of a command. This one
 * lasts for about a hundred. @see https://github.com/nodejs/node/issues/36616
 */
function putOffCompiling(): void {
  if (Number.parseInt(process.versions.node, 10) <= lastKnownMajor) {
    setFlagsFromString('--wasm-tiering-budget=1000000000');
  }
}

function dispatcherFor(baseUrl: string, { env, caFile, signal }: HttpWorld, { connectMs }: Limits): Dispatcher {
  const connect = { timeout: connectMs, ca: caFile ? trustedWith(caFile, env) : undefined, signal };
  // The one limit for all of an exchange stands above those that undici has for its parts.
  const options = { headersTimeout: 0, bodyTimeout: 0, maxResponseSize, connect };
  const variable = env.https_proxy ? 'https_proxy' : 'HTTPS_PROXY';
  const address = env[variable];
  if (!address || baseUrl.startsWith('http:')) return new Agent(options);
  return throughProxy({ variable, address, noProxy: env.no_proxy ?? env.NO_PROXY ?? '' }, options);
}
