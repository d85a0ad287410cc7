import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type TlsCertificate, tlsAcceptor } from './tls.ts';

/**
 * A TLS connection begins with a handshake record, and no request of HTTP begins with this byte.
 * @see RFC 8446, section 5.1
 */
const handshakeRecord = 0x16;

/** What a server of Node.js answers to a client that sends nothing. */
const timeoutResponse = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/**
 * Lets `server` serve HTTPS and HTTP on one port: the first byte of a connection decides. A client that sends nothing, or does
 * not complete its TLS handshake, is disconnected after `waitMs`. Returns a function that disconnects all such clients.
 */
export function alsoOverTls(server: Server, certificate: () => Promise<TlsCertificate>, waitMs: number): () => void {
  const opening = new Set<Socket>();
  const listeners = server.listeners('connection');
  const readRequests = (socket: Socket) => {
    for (const listener of listeners) listener.call(server, socket);
  };
  const accept = tlsAcceptor({
    certificate,
    handshakeMs: waitMs,
    secured(socket) {
      for (const other of opening) if (isSame(other, socket)) opening.delete(other);
      readRequests(socket);
    },
  });
  server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    const failed = () => void socket.destroy();
    const silent = () => socket.end(timeoutResponse, failed);
    opening.add(socket);
    socket.once('close', () => opening.delete(socket)).on('error', failed);
    socket.setTimeout(waitMs).once('timeout', silent);
    socket.once('readable', () => {
      const begin: Buffer | null = socket.read();
      // The client has ended the connection without a byte.
      if (begin === null) return failed();
      socket.setTimeout(0).off('timeout', silent);
      socket.unshift(begin);
      if (begin[0] === handshakeRecord) return void accept(socket).catch(failed);
      opening.delete(socket);
      socket.off('error', failed);
      readRequests(socket);
    });
  });
  return () => {
    for (const socket of opening) socket.destroy();
  };
}

/** Whether a TLS connection is inside this one, which Node.js does not show. */
function isSame(one: Socket, other: Socket): boolean {
  const names = ['remotePort', 'remoteAddress', 'localAddress'] as const;
  return names.every((name) => one[name] === other[name]);
}
