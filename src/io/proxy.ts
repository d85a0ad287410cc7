import { type Agent, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { AnonError } from '../errors.ts';

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

/** Connections through `proxy`, but straight to the hosts of `noProxy`. @throws {AnonError} `usage` */
export function throughProxy(
  proxy: string,
  noProxy: string,
  usual: Agent.Options & { readonly connect: ConnectOptions },
): Dispatcher {
  const { connect } = usual;
  const options = { ...usual, proxyTls: connect, requestTls: connect };
  const clientFactory = (url: URL, pool: Pool.Options) => tunnels(url, pool, connect.timeout);
  try {
    // It would look for a proxy for plain http in this process's environment, and nothing plain goes this way.
    return new EnvHttpProxyAgent({ ...options, httpsProxy: proxy, httpProxy: '', noProxy, clientFactory });
  } catch (cause) {
    throw new AnonError('usage', 'HTTPS_PROXY is not the address of a proxy.', {
      hint: 'Such as HTTPS_PROXY=http://proxy.example:8080',
      cause,
    });
  }
}

/**
 * Connections to the proxy, whose failures say that they are the proxy's. A proxy that refuses to connect further,
 * or goes silent, is a failure here too: the agent would try again without end, or wait.
 */
function tunnels({ href, host }: URL, options: Pool.Options, timeoutMs: number): Pool {
  const pool = new Pool(new URL(href).origin, options);
  const connect = pool.connect.bind(pool);
  return Object.assign(pool, {
    async connect(request: Dispatcher.ConnectOptions) {
      const tunnel = await connect({ ...request, signal: AbortSignal.timeout(timeoutMs) }).catch((cause) => {
        throw new ProxyError(host, { cause });
      });
      if (tunnel.statusCode === 200) return tunnel;
      tunnel.socket.on('error', () => {}).destroy();
      throw new ProxyError(host, { status: tunnel.statusCode });
    },
  });
}
