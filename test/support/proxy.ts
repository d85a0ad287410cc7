import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * What to forward instead of `data`; undefined closes the connection, as when the network fails. Connections have numbers
 * from 1 on.
 */
export type Rule = (sender: 'client' | 'server', data: Buffer, connection: number) => Buffer | undefined;

export interface Proxy {
  readonly port: number;
  /** How many connections there have been. */
  readonly accepted: number;
  /** Applies to what arrives from now on. */
  rule: Rule;
}

/** Forwards connections to a port of this machine until the test ends, each part of them as the rule says. */
export async function proxyTo(port: number): Promise<Proxy> {
  const proxy = { port: 0, accepted: 0, rule: ((_, data) => data) as Rule };
  const open = new Set<Socket>();
  const server = createServer((client) => {
    proxy.accepted += 1;
    const connection = proxy.accepted;
    const target = connect(port, '127.0.0.1');
    const close = () => {
      client.destroy();
      target.destroy();
    };
    for (const [sender, from, to] of [['client', client, target] as const, ['server', target, client] as const]) {
      open.add(from);
      from.on('error', close).on('close', close);
      from.on('data', (data) => {
        const forwarded = proxy.rule(sender, data, connection);
        if (forwarded) to.write(forwarded);
        else close();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.port = (server.address() as AddressInfo).port;
  onTestFinished(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return proxy;
}
