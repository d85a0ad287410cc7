import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type Transit, transitOf } from './transit.ts';

/** What the adapter to node:http passes on with a request. */
export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** Waits; ends early once the client has left. */
export type Wait = (ms: number, outgoing: ServerResponse) => Promise<void>;

/**
 * Does to a response what it is marked with, and returns it where it is to be sent as usual. Otherwise the promise stays pending:
 * nobody else may write to the connection.
 */
export function inTransit(response: Response, exchange: Exchange, wait: Wait): Response | Promise<Response> {
  const transit = transitOf(response);
  return transit ? carry(response, transit, exchange, wait) : response;
}

async function carry(response: Response, { delayMs, breakage }: Transit, exchange: Exchange, wait: Wait) {
  const { outgoing } = exchange;
  if (delayMs > 0) await wait(delayMs, outgoing);
  if (breakage === undefined) return response;
  if (breakage === 'reset') reset(outgoing.socket);
  if (breakage === 'truncate') await truncate(response, outgoing);
  return new Promise<never>(() => {});
}

/** Closes the connection with RST. Under TLS it is the connection below that has to. */
function reset(socket: Socket | null): void {
  if (!socket) return;
  const { _parent: below } = socket as { readonly _parent?: unknown };
  (below instanceof Socket ? below : socket).resetAndDestroy();
  socket.destroy();
}

/** Announces the whole body, sends its first half and closes the connection. */
async function truncate(response: Response, outgoing: ServerResponse): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  // Without a body, the headers are what is cut.
  const length = Math.max(body.length, 1);
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
  outgoing.setHeader('content-length', length);
  outgoing.writeHead(response.status).flushHeaders();
  outgoing.write(body.subarray(0, Math.floor(length / 2)), () => outgoing.socket?.end());
}
