import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { admitting } from './admission.ts';

/** Where `localhost` leads: `local start` is for the machine it runs on. */
const loopback = ['127.0.0.1', '::1'];

/** One of them that this machine does not have. */
const missing = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/** How often a free port is looked for that is free at every address. */
const attempts = 20;

export interface Listening {
  /** The address, `http://localhost:PORT`. */
  readonly url: string;
  readonly port: number;
  /** Takes no more connections, lets running answers finish for a second, ends the others, and frees the port. */
  close(): Promise<void>;
}

export interface ListenOptions {
  /** Names under which it is served beside `localhost` and its addresses; asked at every request. */
  readonly hosts?: () => readonly string[];
  /** How long a request may take to come in, head and body. */
  readonly requestMs?: number;
  /** How long running answers may take to finish when it closes. */
  readonly graceMs?: number;
  readonly addresses?: readonly string[];
}

/**
 * Serves `handle` over HTTP at every address of `localhost` that the machine has. Port 0 takes one that is free at all.
 * @throws the socket's own error, with `code` EADDRINUSE or EACCES and `address`, unless every address has the port
 */
export async function listen(
  handle: (request: Request) => Promise<Response>,
  port: number,
  { hosts = () => [], requestMs = 10_000, graceMs = 1000, addresses = loopback }: ListenOptions = {},
): Promise<Listening> {
  const running = new Set<ServerResponse>();
  const listener = admitting(getRequestListener(handle), hosts);
  const newServer = () => {
    const server = createServer({
      headersTimeout: requestMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.ceil(requestMs / 20),
      // Whether there is one is told in the words of the endpoint.
      requireHostHeader: false,
    });
    for (const event of ['request', 'checkContinue'] as const) {
      server.on(event, (incoming, outgoing) => {
        running.add(outgoing.once('close', () => running.delete(outgoing)));
        listener(incoming, outgoing);
      });
    }
    return server;
  };
  const servers = await bindAll(newServer, addresses, port);
  const taken = portOf(servers[0]);
  return {
    url: `http://localhost:${taken}`,
    port: taken,
    async close() {
      const closed = Promise.all(servers.map(stopped));
      for (const server of servers) server.closeIdleConnections();
      await finished(running, graceMs);
      for (const server of servers) server.closeAllConnections();
      await closed;
    },
  };
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
      throw Object.assign(new Error('This machine has no loopback address.'), { code: 'EADDRNOTAVAIL' });
    } catch (error) {
      await Promise.all(bound.map(stopped));
      if (port !== 0 || codeOf(error) !== 'EADDRINUSE' || attempt === attempts) throw error;
    }
  }
}

async function bind(server: Server, host: string, port: number): Promise<Server> {
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

function unlessMissing(error: unknown): undefined {
  if (!missing.includes(codeOf(error))) throw error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function portOf(server: Server | undefined): number {
  return (server?.address() as AddressInfo | null | undefined)?.port ?? 0;
}

function stopped(server: Server): Promise<void> {
  return new Promise((done) => server.close(() => done()));
}

/** Waits until nothing is running, but no longer than `ms`. */
async function finished(running: ReadonlySet<ServerResponse>, ms: number): Promise<void> {
  const answers = Promise.all([...running].map((outgoing) => new Promise((done) => outgoing.once('close', done))));
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([answers, new Promise((done) => (timer = setTimeout(done, ms)))]);
  clearTimeout(timer);
}
