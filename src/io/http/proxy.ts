import { isIP } from 'node:net';
import { type Agent, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { AnonError } from '../../errors.ts';

/** How every connection is made. */
export interface ConnectOptions {
  /** Milliseconds. */
  readonly timeout: number;
  /** All certificates to trust; those that Node trusts when it is undefined. */
  readonly ca: string[] | undefined;
  /** Ends a connection at once, also one that is still being made and would hold the process up. */
  readonly signal: AbortSignal;
}

/** The way to the tenant ended at the proxy. */
export class ProxyError extends Error {
  /** `host:port` of the proxy, without the user and password that its address may hold. */
  readonly host: string;
  /** What the proxy answered, where it did. */
  readonly status: number | undefined;

  constructor(host: string, { status, cause }: { status?: number; cause?: unknown }) {
    super('the proxy failed', { cause });
    this.host = host;
    this.status = status;
  }
}

/** A proxy as the environment names it. */
export interface NamedProxy {
  /** The variable that holds its address: `HTTPS_PROXY` or `https_proxy`. */
  readonly variable: string;
  readonly address: string;
  /** Hosts that are reached without it. */
  readonly noProxy: string;
}

/** Connections through a proxy, but straight to the hosts of `noProxy`. @throws {AnonError} `usage`, repeating nothing of it */
export function throughProxy(
  { variable, address, noProxy }: NamedProxy,
  usual: Agent.Options & { readonly connect: ConnectOptions },
): Dispatcher {
  const proxy = proxyUrl(variable, address);
  const { connect } = usual;
  const options = { ...usual, proxyTls: connect, requestTls: connect };
  const clientFactory = (url: URL, pool: Pool.Options) => tunnels(url, pool, connect.timeout);
  try {
    // It would look for a proxy for plain http in this process's environment, and nothing plain goes this way.
    return new EnvHttpProxyAgent({ ...options, httpsProxy: proxy, httpProxy: '', noProxy, clientFactory });
  } catch {
    throw notAProxy(variable);
  }
}

/**
 * The address, of which all must be understood as it was meant. A URL parser takes a part of a password that holds `#`, `/`
 * or `?` for the host, and who looks that up has told it. Without a scheme it is http, as for curl.
 */
function proxyUrl(variable: string, address: string): string {
  if (/^socks\w*:\/\//i.test(address)) {
    throw new AnonError('usage', `${variable} names a SOCKS proxy, and only HTTP proxies can be used.`, {
      hint: example,
    });
  }
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  if (text !== address && /^https?:/i.test(address)) throw notAProxy(variable);
  // Blanks and control characters a URL parser leaves out, and goes on.
  if (!/^https?:\/\/[^\s\\/?#\p{Cc}]+\/?$/iu.test(text) || !URL.canParse(text)) throw notAProxy(variable);
  const { hostname, port } = new URL(text);
  if (!/^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(hostname) || port === '0') throw notAProxy(variable);
  return text;
}

const example = 'Write it as http://proxy.example:8080.';

/** Without the cause, which holds the address. */
function notAProxy(variable: string): AnonError {
  return new AnonError('usage', `${variable} is not the address of a proxy.`, {
    hint: `${example} In a user name or a password write # as %23, / as %2F, ? as %3F, @ as %40, % as %25.`,
  });
}

/** TLS names no server by its address, and Node warns about it. @see RFC 6066, section 3 */
function serverName(name: string | undefined): string | undefined {
  return name !== undefined && isIP(name.replace(/^\[|\]$/g, '')) > 0 ? undefined : name;
}

/**
 * Connections to the proxy, whose failures say that they are the proxy's. A proxy that refuses to connect further,
 * or goes silent, is a failure here too: the agent would try again without end, or wait.
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
