import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import certificates from '../fixtures/tls.json' with { type: 'json' };
import { rsa } from './tokens.ts';

/** Serves on a free port of the loopback interface until the test ends. */
export async function served(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    // The server no longer closes a connection that became a tunnel.
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** The address of a server over plain HTTP. */
export async function answering(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await served(createServer(listener))}`;
}

/** The address of a server with one of the certificates of `test/fixtures/tls.json`. */
export async function answeringOverTls(
  listener: RequestListener,
  name: 'localhost' | 'expired' | 'early' | 'elsewhere' = 'localhost',
): Promise<string> {
  const key = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const server = createTlsServer({ key, cert: certificates[name] }, listener);
  return `https://127.0.0.1:${await served(server)}`;
}

/** Ends an exchange with JSON. */
export function answer(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export interface Proxy {
  readonly url: string;
  /** The requested targets: `acme.example:443`. */
  readonly asked: readonly string[];
  readonly authorizations: readonly (string | undefined)[];
}

/** A proxy that connects to the requested target, or passes the connection to `refuse`. */
export async function proxying(
  refuse?: (socket: NodeJS.WritableStream & { destroy(): void }) => void,
  { overTls = false } = {},
): Promise<Proxy> {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const refuseRequest: RequestListener = (request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(502).end();
  };
  const key = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const server = overTls
    ? createTlsServer({ key, cert: certificates.localhost }, refuseRequest)
    : createServer(refuseRequest);
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    authorizations.push(request.headers['proxy-authorization']);
    if (refuse) return refuse(socket);
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  return { asked, authorizations, url: `${overTls ? 'https' : 'http'}://127.0.0.1:${await served(server)}` };
}
