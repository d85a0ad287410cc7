import { createAdaptorServer } from '@hono/node-server';

/** The loopback name: `local start` is for the machine it runs on. */
const host = '127.0.0.1';

export interface Listening {
  /** The address, `http://localhost:PORT`. */
  readonly url: string;
  readonly port: number;
  /** Ends idle connections, lets running answers finish, then frees the port. */
  close(): Promise<void>;
}

/**
 * Serves `handle` over HTTP on the loopback interface. Port 0 takes any free one.
 * @throws the socket's own error, with `code` EADDRINUSE or EACCES
 */
export function listen(handle: (request: Request) => Promise<Response>, port: number): Promise<Listening> {
  const server = createAdaptorServer({ fetch: handle });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      resolve({
        url: `http://localhost:${taken}`,
        port: taken,
        close: () =>
          new Promise((done, failed) => {
            server.close((error) => (error ? failed(error) : done()));
            if ('closeIdleConnections' in server) server.closeIdleConnections();
          }),
      });
    });
  });
}
