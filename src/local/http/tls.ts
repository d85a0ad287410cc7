import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';

/** A certificate, with those of its authorities after it, and its key: in PEM. */
export interface TlsCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface TlsOptions {
  /** Called for each connection. Another object than before replaces the certificate. */
  readonly certificate: () => Promise<TlsCertificate>;
  /** How long a handshake may take. */
  readonly handshakeMs: number;
  /** Called when the handshake is complete. */
  readonly secured: (socket: TLSSocket) => void;
}

/**
 * A function that takes a connection which begins with a TLS handshake. TLS is loaded for the first of them: a server that only
 * speaks plain HTTP starts faster without it.
 */
export function tlsAcceptor({ certificate, handshakeMs, secured }: TlsOptions): (socket: Socket) => Promise<void> {
  let server: Server | undefined;
  let presented: TlsCertificate | undefined;
  return async (socket) => {
    const [{ createServer }, next] = await Promise.all([import('node:tls'), certificate()]);
    if (socket.destroyed) return;
    // No client has a certificate: loading the authorities that Node.js knows would only delay the first connection.
    const context = { cert: next.certificate, key: next.key, ca: [], minVersion: 'TLSv1.2' as const };
    if (!server) {
      server = createServer({ ...context, ALPNProtocols: ['http/1.1'], handshakeTimeout: handshakeMs }, secured);
      // Node.js ends a connection whose handshake failed, but not one whose handshake takes too long.
      server.on('tlsClientError', (_, failed) => failed.destroy());
    } else if (next !== presented) {
      server.setSecureContext(context);
    }
    presented = next;
    // It never listens. Node.js documents this way to give a server its connections.
    server.emit('connection', socket);
  };
}
