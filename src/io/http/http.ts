import { setMaxListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { Agent, type Dispatcher } from 'undici';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import type { Fetch } from '../../domain/exchange/http.ts';
import type { Profile } from '../../domain/profile/profile.ts';
import { interrupted } from '../../errors.ts';
import type { Env } from '../env.ts';
import { unreachable } from './connection-failure.ts';
import { HttpExchange, maxResponseSize } from './exchange.ts';
import { throughProxy } from './proxy.ts';
import { type CertificateFile, trustedWith } from './trusted-certificates.ts';

/** How long an exchange may take, in milliseconds. */
export interface Limits {
  /** For a connection; with a proxy, for each of the two. */
  readonly connectMs: number;
  /** From the start to the last byte of the response. */
  readonly totalMs: number;
}

const defaultLimits: Limits = { connectMs: 5000, totalMs: 30_000 };

/** A time limit other than the default applies to the connection too. */
export function limitsWithin(totalMs: number | undefined): Limits {
  return totalMs === undefined ? defaultLimits : { connectMs: totalMs, totalMs };
}

export interface HttpWorld {
  readonly env: Env;
  /** Aborted when the user stops the command. */
  readonly signal: AbortSignal;
  /** Certificates to trust beside those that Node trusts. */
  readonly caFile?: CertificateFile | undefined;
}

/**
 * HTTP to the tenant at `baseUrl`, over persistent connections. Redirects are not followed: a token must reach no other
 * server. Proxies are those of HTTPS_PROXY and NO_PROXY; plain HTTP stays on this machine and uses none.
 * @throws {AnonError} `usage` for a proxy's address or a certificate file that cannot be used
 */
export function httpFetch(baseUrl: string, world: HttpWorld, limits = defaultLimits): Fetch {
  deferWasmCompilation();
  const { signal } = world;
  const dispatcher = dispatcherFor(baseUrl, world, limits);
  // Not a Set: it replaces its table every few additions, and each old table refers to the next. With thousands of exchanges,
  // all of them would stay in memory, with their tokens, until the next full garbage collection.
  const underWay: HttpExchange[] = [];
  // Each connection adds a listener, and Node warns of a leak beyond ten.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', () => {
    for (const exchange of underWay) exchange.stop(interrupted());
    // Otherwise it reconnects, which keeps the process alive.
    void dispatcher.destroy();
  });
  const addressOf = lastAddress();
  return async (url, request) => {
    if (signal.aborted) throw interrupted();
    const target = addressOf(url);
    const exchange = new HttpExchange();
    let overdue = false;
    const timer = setTimeout(() => {
      overdue = true;
      exchange.stop(new Error('overdue'));
    }, limits.totalMs);
    underWay.push(exchange);
    try {
      dispatcher.dispatch(optionsOf(target, request), exchange);
      const answer = await exchange.answer;
      restoreWasmBudget();
      // The connection is free from the next turn on; a request before that opens another one, handshake and all. With
      // many requests in flight each has its own connection, and waiting costs more than it saves.
      if (underWay.length === 1) await nextTurn();
      return answer;
    } catch (error) {
      if (signal.aborted) throw interrupted();
      throw unreachable({ url: target.url, sent: exchange.sent, overdue, limits }, error);
    } finally {
      clearTimeout(timer);
      remove(underWay, exchange);
    }
  };
}

/** Moves the last item to the place of the removed one. */
function remove<Item>(items: Item[], item: Item): void {
  const last = items.pop();
  if (last !== undefined && last !== item) items[items.indexOf(item)] = last;
}

interface Address {
  readonly url: URL;
  readonly origin: string;
  /** With its query. */
  readonly path: string;
}

/** Parses addresses. Thousands of guests in succession have the same one. */
function lastAddress(): (text: string) => Address {
  let last: { readonly text: string; readonly address: Address } | undefined;
  return (text) => {
    if (last?.text !== text) {
      const url = new URL(text);
      last = { text, address: { url, origin: url.origin, path: url.pathname + url.search } };
    }
    return last.address;
  };
}

function optionsOf(
  { origin, path }: Address,
  { method, headers, body }: Parameters<Fetch>[1],
): Dispatcher.DispatchOptions {
  return {
    ...{ origin, path, method: method as Dispatcher.HttpMethod, body: body ?? null },
    headers: { 'user-agent': 'anon-cli', 'accept-encoding': 'identity', ...headers },
  };
}

const major = Number.parseInt(process.versions.node, 10);

/** The last major version of Node.js whose engine knows the flag: it reports an unknown one on stderr. */
const lastKnownMajor = 26;

/** The flag has another value than its default. */
let isDeferred = false;

/**
 * undici's parser is WebAssembly, which V8 recompiles for speed once a budget is used up. The default budget ends with the
 * second response, and Node doesn't exit before the compiler is done: half the time of a command. This budget lasts for
 * about a hundred responses. @see https://github.com/nodejs/node/issues/36616
 */
function deferWasmCompilation(): void {
  if (major <= lastKnownMajor) {
    setFlagsFromString('--wasm-tiering-budget=1000000000');
    isDeferred = true;
  }
}

/**
 * Sets the default again in Node.js 20: its engine accepts saved code only under the flags under which it was saved, so the next
 * command would compile everything again. The parser got its budget before the first response.
 */
function restoreWasmBudget(): void {
  if (isDeferred && major === 20) setFlagsFromString('--wasm-tiering-budget=1800000');
  isDeferred = false;
}

function dispatcherFor(baseUrl: string, { env, caFile, signal }: HttpWorld, { connectMs }: Limits): Dispatcher {
  const connect = { timeout: connectMs, ca: caFile ? trustedWith(caFile, env) : undefined, signal };
  // The limit for the whole exchange replaces undici's limits for its parts.
  const options = { headersTimeout: 0, bodyTimeout: 0, maxResponseSize, connect };
  const variable = env.https_proxy ? 'https_proxy' : 'HTTPS_PROXY';
  const address = env[variable];
  if (!address || baseUrl.startsWith('http:')) return new Agent(options);
  return throughProxy({ variable, address, noProxy: env.no_proxy ?? env.NO_PROXY ?? '' }, options);
}

/** A tenant on the network. `timeoutMs`: the longest time for an exchange. @throws {AnonError} `usage` as `httpFetch` does */
export function connectRemote(
  profile: Profile,
  common: Pick<
    TenantConnection,
    'profile' | 'selection' | 'clock' | 'time' | 'retry' | 'warn' | 'issuer' | 'baseUrl' | 'management' | 'saveEdition'
  >,
  world: HttpWorld,
  timeoutMs?: number,
): TenantConnection {
  return {
    ...common,
    fetch: httpFetch(common.baseUrl, world, limitsWithin(timeoutMs)),
    edition: profile.edition,
    sessionKeys: undefined,
  };
}
