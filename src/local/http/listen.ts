import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { admitting, type Listener } from './admission.ts';
import type { Connection } from './connection.ts';
import { type Exchange, inTransit } from './faulty-transit.ts';
import { alsoOverTls } from './first-byte.ts';
import type { TlsCertificate } from './tls.ts';

/** The addresses of `localhost`: only this machine can connect. */
const loopback = ['127.0.0.1', '::1'];
const loopbackV6 = '::1';

/** All addresses of the machine, `localhost` included. */
const wildcards = ['0.0.0.0', '::'];

/** The error codes of an address that this machine does not have. */
const missingAddressCodes = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/** How many ports to try for one that is free at every address. */
const maxAttempts = 20;

export interface Listening {
  /** `https://localhost:PORT`, or the given address where localhost does not lead there; `http:` without a certificate. */
  readonly url: string;
  readonly port: number;
  /** Loads what the first request needs, so that it does not have to wait. */
  warmUp(): Promise<void>;
  /** Stops accepting connections, lets running responses finish for a second, aborts the rest, and frees the port. */
  close(): Promise<void>;
}

type Handle = (request: Request, connection: Connection) => Promise<Response>;

export interface ListenOptions {
  /** The host names that are served in addition to `localhost` and its addresses; called for every request. */
  readonly hosts?: () => readonly string[];
  /** The certificate to present, called for every TLS connection; without it, only plain HTTP is served. */
  readonly certificate?: (() => Promise<TlsCertificate>) | undefined;
  /** How long a request may take to arrive, header and body, and how long a client may take to begin or to complete a TLS handshake. */
  readonly requestMs?: number;
  /** How long running responses may take to finish after `close`. */
  readonly graceMs?: number;
  /** Where to listen: every address of `localhost` by default. */
  readonly addresses?: readonly string[];
}

/**
 * Serves `handle` at every one of the addresses that the machine has: over HTTPS and HTTP on one port, or over HTTP alone. Port 0
 * selects a port that is free at all of them.
 * @throws the socket's error, with `code` EADDRINUSE or EACCES and `address`, when the port is not free at every address
 */
export async function listen(
  handle: Handle,
  port: number,
  { hosts = () => [], certificate, requestMs = 10_000, graceMs = 1000, addresses = loopback }: ListenOptions = {},
): Promise<Listening> {
  const disconnectOpening: (() => void)[] = [];
  const running = new Set<ServerResponse>();
  function remove(this: ServerResponse): void {
    running.delete(this);
  }
  const answering = requestListener(handle);
  const listener = admitting(answering.listener, hosts);
  const newServer = () => {
    const server = createServer({
      headersTimeout: requestMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.ceil(requestMs / 20),
      // `admitting` checks it, and refuses in the format of the endpoint.
      requireHostHeader: false,
    });
    for (const event of ['request', 'checkContinue'] as const) {
      server.on(event, (incoming, outgoing) => {
        running.add(outgoing.on('close', remove));
        listener(incoming, outgoing);
      });
    }
    if (certificate) disconnectOpening.push(alsoOverTls(server, certificate, requestMs));
    return server;
  };
  const servers = await bindAll(newServer, addresses, port);
  const boundPort = portOf(servers[0]);
  return {
    // Without the port that the scheme stands for.
    url: new URL(`${certificate ? 'https' : 'http'}://${nameOf(addresses)}:${boundPort}`).origin,
    port: boundPort,
    warmUp: answering.load,
    async close() {
      const closed = Promise.all(servers.map(closeServer));
      for (const disconnect of disconnectOpening) disconnect();
      for (const server of servers) server.closeIdleConnections();
      await finished(running, graceMs);
      for (const server of servers) server.closeAllConnections();
      await closed;
    },
  };
}

/** A listener that calls `handle`. What translates the requests takes as long to load as everything else of a server. */
function requestListener(handle: Handle) {
  let loaded: Listener | undefined;
  const load = async () => {
    const { getRequestListener } = await import('./request-listener.ts');
    loaded ??= getRequestListener(async (request, adapter) => {
      const exchange = adapter as Exchange;
      return inTransit(await handle(request, exchange), exchange, whileConnected);
    });
  };
  const listener: Listener = (incoming, outgoing) => {
    if (loaded) return loaded(incoming, outgoing);
    void load().then(() => loaded?.(incoming, outgoing));
  };
  return { load, listener };
}

/** Waits, but no longer than the client stays. */
function whileConnected(ms: number, outgoing: ServerResponse): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    outgoing.once('close', () => {
      clearTimeout(timer);
      done();
    });
  });
}

async function bindAll(newServer: () => Server, addresses: readonly string[], port: number): Promise<Server[]> {
  for (let attempt = 1; ; attempt += 1) {
    const bound: Server[] = [];
    try {
      for (const address of addresses) {
        const server = await bind(newServer(), address, portOf(bound[0]) || port).catch(unlessMissing);
        if (server) bound.push(server);
      }
      if (bound.length > 0) return bound;
      throw Object.assign(new Error('This machine does not have any of the addresses.'), { code: 'EADDRNOTAVAIL' });
    } catch (error) {
      await Promise.all(bound.map(closeServer));
      if (port !== 0 || codeOf(error) !== 'EADDRINUSE' || attempt === maxAttempts) throw error;
    }
  }
}

/** The name under which this machine reaches the server. */
function nameOf([address = 'localhost', ...others]: readonly string[]): string {
  if (others.length > 0 || wildcards.includes(address) || loopback.includes(address)) return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}

async function bind(server: Server, host: string, port: number): Promise<Server> {
  const socket = host === loopbackV6 ? boundSocket(host, port) : undefined;
  if (socket) server.listen(socket);
  else server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw Object.assign(error as Error, { address: host });
  }
  return server;
}

/**
 * A socket at an IPv6 address that needs no check. Node.js 20 and 22 check each with an expression that takes a tenth of a start to
 * compile. Undefined in a Node.js that doesn't give one.
 */
function boundSocket(address: string, port: number): object | undefined {
  const create = (net as { _createServerHandle?: (address: string, port: number, family: 6) => object | number })
    ._createServerHandle;
  const socket = create?.(address, port, 6);
  if (typeof socket !== 'number') return socket;
  throw Object.assign(new Error(`bind ${address}`), { code: getSystemErrorName(socket), address });
}

function unlessMissing(error: unknown): undefined {
  if (!missingAddressCodes.includes(codeOf(error))) throw error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function portOf(server: Server | undefined): number {
  return (server?.address() as AddressInfo | null | undefined)?.port ?? 0;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((done) => server.close(() => done()));
}

/** Waits for the running responses, but no longer than `ms`. */
async function finished(running: ReadonlySet<ServerResponse>, ms: number): Promise<void> {
  const answers = Promise.all([...running].map((outgoing) => new Promise((done) => outgoing.once('close', done))));
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([answers, new Promise((done) => (timer = setTimeout(done, ms)))]);
  clearTimeout(timer);
}
