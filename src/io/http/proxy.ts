import { isIP } from 'node:net';
import { type Agent, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { AnonError } from '../../errors.ts';
import { parseUrl } from '../../wire/url.ts';

/** Options of every connection. */
export interface ConnectOptions {
  /** Milliseconds. */
  readonly timeout: number;
  /** All trusted certificates; undefined: those that Node trusts. */
  readonly ca: string[] | undefined;
  /** Aborts a connection at once, also one being established, which would keep the process alive. */
  readonly signal: AbortSignal;
}

/** The proxy failed, or refused to connect to the tenant. */
export class ProxyError extends Error {
  /** `host:port` of the proxy, without the user name and password in its address. */
  readonly host: string;
  /** The status of the proxy's response, if any. */
  readonly status: number | undefined;

  constructor(host: string, { status, cause }: { status?: number; cause?: unknown }) {
    super('the proxy failed', { cause });
    this.host = host;
    this.status = status;
  }
}

/** A proxy from the environment. */
export interface NamedProxy {
  /** The variable that holds its address: `HTTPS_PROXY` or `https_proxy`. */
  readonly variable: string;
  readonly address: string;
  /** Hosts that need no proxy. */
  readonly noProxy: string;
}

/** Connections through a proxy, and direct ones to the hosts of `noProxy`. @throws {AnonError} `usage`, without the address */
export function throughProxy(
  { variable, address, noProxy }: NamedProxy,
  common: Agent.Options & { readonly connect: ConnectOptions },
): Dispatcher {
  const proxy = proxyUrl(variable, address);
  const { connect } = common;
  const options = { ...common, proxyTls: connect, requestTls: connect };
  const clientFactory = (url: URL, pool: Pool.Options) => tunnels(url, pool, connect.timeout);
  try {
    // Without httpProxy it would read one from this process's environment; plain HTTP needs none.
    return new EnvHttpProxyAgent({ ...options, httpsProxy: proxy, httpProxy: '', noProxy, clientFactory });
  } catch {
    throw invalidProxy(variable);
  }
}

/**
 * The address as a URL, refused where it is ambiguous: with `#`, `/` or `?` in a password, a URL parser would take a part of
 * it for the host, and a DNS lookup would reveal it. The default scheme is http, as in curl.
 */
function proxyUrl(variable: string, address: string): string {
  if (/^socks\w*:\/\//i.test(address)) {
    throw new AnonError('usage', `${variable} is a SOCKS proxy; only HTTP proxies are supported.`, {
      hint: example,
    });
  }
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  if (text !== address && /^https?:/i.test(address)) throw invalidProxy(variable);
  // A URL parser silently drops white space and control characters.
  const url = /^https?:\/\/[^\s\\/?#\p{Cc}]+\/?$/iu.test(text) ? parseUrl(text) : undefined;
  if (!url) throw invalidProxy(variable);
  const { hostname, port } = url;
  if (!/^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(hostname) || port === '0') throw invalidProxy(variable);
  return text;
}

const example = 'Example: http://proxy.example:8080.';

/** Has no cause, because that holds the address. */
function invalidProxy(variable: string): AnonError {
  return new AnonError('usage', `${variable} is not a valid proxy address.`, {
    hint: `${example} In a user name or password, write # as %23, / as %2F, ? as %3F, @ as %40, % as %25.`,
  });
}

/** A server name in TLS can't be an IP address; Node warns about one. @see RFC 6066, section 3 */
function serverName(name: string | undefined): string | undefined {
  return name !== undefined && isIP(name.replace(/^\[|\]$/g, '')) > 0 ? undefined : name;
}

/**
 * Connections to the proxy, which fail with a ProxyError. That includes a proxy that refuses to connect to the tenant or
 * doesn't respond: undici's agent would retry forever, or wait.
 */
function tunnels({ href, host }: URL, options: Pool.Options, timeoutMs: number): Pool {
  const pool = new Pool(new URL(href).origin, options);
  const connect = pool.connect.bind(pool);
  return Object.assign(pool, {
    async connect(request: Dispatcher.ConnectOptions & { readonly servername?: string }) {
      const named = { ...request, servername: serverName(request.servername) };
      const tunnel = await connect({ ...named, signal: AbortSignal.timeout(timeoutMs) }).catch((cause) => {
        throw new ProxyError(host, { cause });
      });
      if (tunnel.statusCode === 200) return tunnel;
      tunnel.socket.on('error', () => {}).destroy();
      throw new ProxyError(host, { status: tunnel.statusCode });
    },
  });
}
