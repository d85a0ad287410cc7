import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/domain/clock.ts';
import { seed } from '../../src/local/state/seed.ts';
import { createTenant } from '../../src/local/tenant.ts';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import type { Asked, ServedTenant } from './command.ts';
import { globalClient, sequenceOfBytes, testKeys } from './local.ts';
import { memoryStore } from './memory-store.ts';

/**
 * Faults between a tenant and its clients: `before` ones keep the request from the tenant, `after` ones
 * keep the response from the client.
 */
export const faults = {
  'a rate limit': { refused: 429, headers: { 'retry-after': '1' }, body: '{"error":"too_many_requests"}' },
  'a 503 before': { refused: 503, headers: {}, body: '{"error":"unavailable"}' },
  'a reset before': 'reset',
  'an HTML error page': { refused: 502, headers: { 'content-type': 'text/html' }, body: '<html><h1>Bad</h1></html>' },
  'a 503 after': { replaced: 503, body: '{"error":"unavailable"}' },
  'a reset after': 'reset after',
  'a slow answer': 'slow',
  'a truncated answer': 'truncated',
  'half of the JSON': 'half',
} as const;
export type Fault = keyof typeof faults;

export interface FaultyTenant extends Omit<ServedTenant, 'requests'> {
  /** Every request, with the fault it met. */
  readonly requests: readonly (Asked & { readonly fault: Fault | undefined })[];
  /** The requests that the tenant handled. */
  readonly handled: readonly (Asked & { readonly status: number })[];
  /** Every token and client secret in a response. */
  readonly secrets: ReadonlySet<string>;
  /** From now on the request number `nth` (from 0) meets `fault`. */
  inject(fault: Fault, nth: number): void;
  /** Clears the recorded requests and stops injecting faults. */
  calm(): void;
}

/** A tenant behind a connection that fails on demand. */
export async function faultyTenant(
  clock: Pick<Clock, 'now'>,
  { edition, port = 0 }: { edition: EditionName; port?: number },
): Promise<FaultyTenant> {
  const requests: (Asked & { fault: Fault | undefined })[] = [];
  const handled: (Asked & { status: number })[] = [];
  const secrets = new Set<string>();
  let injected: { fault: Fault; at: number } | undefined;
  let handle = async (_request: Request) => new Response(null, { status: 503 });

  const server = createServer(async (incoming, outgoing) => {
    const asked = await askedOf(incoming);
    const fault = injected?.at === requests.length ? injected.fault : undefined;
    requests.push({ ...asked, fault });
    await meet(fault, outgoing, async () => {
      const response = await handle(requestOf(incoming, asked));
      handled.push({ ...asked, status: response.status });
      for (const secret of secretsIn(await response.clone().text())) secrets.add(secret);
      return response;
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  const [store, random] = [memoryStore(), sequenceOfBytes(host)];
  const keys = async () => testKeys;
  const tenant = createTenant({ store, random, keys, clock: () => clock.now(), domain: host });
  await seed({ store, random, keys, issuer: tenant.issuer, edition });
  const { client_id: clientId, client_secret: clientSecret } = await globalClient(store);
  handle = tenant.handle;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  onTestFinished(close);
  return {
    url: `http://${host}`,
    issuer: tenant.issuer,
    requests,
    handled,
    secrets,
    credentials: { clientId, clientSecret },
    store,
    close,
    inject(fault, nth) {
      injected = { fault, at: requests.length + nth };
    },
    calm() {
      injected = undefined;
      requests.length = 0;
      handled.length = 0;
    },
  };
}

async function meet(
  fault: Fault | undefined,
  outgoing: ServerResponse,
  answer: () => Promise<Response>,
): Promise<void> {
  const kind = fault && faults[fault];
  if (kind === 'reset') return void outgoing.destroy();
  if (typeof kind === 'object' && 'refused' in kind)
    return void outgoing.writeHead(kind.refused, kind.headers).end(kind.body);
  const response = await answer();
  const body = Buffer.from(await response.arrayBuffer());
  const headers = { ...Object.fromEntries(response.headers), 'content-length': String(body.length) };
  if (kind === 'reset after') return void outgoing.destroy();
  if (typeof kind === 'object') return void outgoing.writeHead(kind.replaced).end(kind.body);
  if (kind === 'slow') await new Promise((later) => setTimeout(later, 60));
  // An empty response cannot be cut in half: it is cut off before it begins.
  if ((kind === 'truncated' || kind === 'half') && body.length === 0) return void outgoing.destroy();
  const half = body.subarray(0, body.length / 2);
  if (kind === 'half')
    return void outgoing.writeHead(response.status, { ...headers, 'content-length': String(half.length) }).end(half);
  outgoing.writeHead(response.status, headers);
  if (kind !== 'truncated') return void outgoing.end(body);
  outgoing.write(half, () => outgoing.destroy());
}

async function askedOf(incoming: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return { method: incoming.method ?? '', path: incoming.url ?? '', body: Buffer.concat(chunks).toString('utf8') };
}

function requestOf(incoming: IncomingMessage, { method, path, body }: Asked): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (typeof value === 'string' && !/^(connection|transfer-encoding|content-length)$/.test(name))
      headers.set(name, value);
  }
  return new Request(`http://${incoming.headers.host}${path}`, { method, headers, body: body === '' ? null : body });
}

function secretsIn(answer: string): string[] {
  const members = answer.matchAll(/"(?:session_token|access_token|anon_transfer_token|client_secret)":"([^"]+)"/g);
  return [...members].map(([, secret]) => secret ?? '');
}
