import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Listening, type ListenOptions, listen } from '../../../src/local/http/listen.ts';
import { testTenant } from '../../support/local.ts';
import { rawConnection, statusOf } from '../../support/raw-http.ts';

type Handle = Parameters<typeof listen>[0];

async function listening(handle: Handle, options: ListenOptions = {}): Promise<Listening> {
  const opened = await listen(handle, 0, options);
  onTestFinished(() => opened.close());
  return opened;
}

/** Another server on a port. */
async function taking(port: number, address: string): Promise<Server> {
  const server = createServer().listen(port, address);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

const portOf = (server: Server) => (server.address() as { port: number }).port;
const nothing: Handle = async () => new Response(null, { status: 204 });

describe('a listening tenant', () => {
  it('answers over HTTP at its URL, at both addresses of localhost', async () => {
    const tenant = await testTenant();
    const { url, port } = await listening(tenant.handle);
    expect(url).toBe(`http://localhost:${port}`);
    const { body } = await tenant.send('GET', '/.well-known/jwks.json');
    for (const origin of [url, `http://127.0.0.1:${port}`, `http://[::1]:${port}`]) {
      expect(await (await fetch(`${origin}/.well-known/jwks.json`)).json()).toEqual(body);
    }
  });

  it('passes on the connection, so that the control endpoints know whose it is', async () => {
    const tenant = await testTenant({ control: { token: undefined } });
    const { port } = await listening(tenant.handle, { addresses: ['::'] });
    for (const origin of [`http://127.0.0.1:${port}`, `http://[::1]:${port}`]) {
      expect((await fetch(`${origin}/_anon/clock`)).status).toBe(200);
    }
    const seen: unknown[] = [];
    const other = await listening(async (_, { incoming }) => {
      seen.push(incoming.socket.remoteAddress);
      return new Response(null, { status: 204 });
    });
    await fetch(`http://127.0.0.1:${other.port}/`);
    expect(seen).toEqual(['127.0.0.1']);
  });

  it('answers at no other address of the machine', async () => {
    const { port } = await listening(nothing);
    await expect(rawConnection(port, '127.0.0.2')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each([
    ['0.0.0.0', ['http://127.0.0.1', 'http://127.0.0.2'], 'http://localhost'],
    ['::', ['http://127.0.0.1', 'http://[::1]'], 'http://localhost'],
    ['127.0.0.2', ['http://127.0.0.2'], 'http://127.0.0.2'],
  ])('answers at a given address: %s', async (address, origins, name) => {
    const { port, url } = await listening(nothing, { addresses: [address], hosts: () => ['127.0.0.2'] });
    expect(url).toBe(`${name}:${port}`);
    for (const origin of origins) expect((await fetch(`${origin}:${port}/`)).status).toBe(204);
  });

  it('does not answer at localhost where another address is given', async () => {
    const { port } = await listening(nothing, { addresses: ['127.0.0.2'] });
    await expect(rawConnection(port, '127.0.0.1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each([
    ['the second', ['127.0.0.1', '192.0.2.1']],
    ['the first', ['192.0.2.1', '127.0.0.1']],
  ])('skips an address that the machine does not have: %s', async (_, addresses) => {
    const { port } = await listening(nothing, { addresses });
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(204);
  });

  it('fails when the machine has none of the addresses', async () => {
    await expect(listen(nothing, 0, { addresses: ['192.0.2.1'] })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  it('fails while another server listens, and works after it has closed', async () => {
    const tenant = await testTenant();
    const first = await listen(tenant.handle, 0);
    await expect(listen(tenant.handle, first.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.close();
    const second = await listen(tenant.handle, first.port);
    expect(second.port).toBe(first.port);
    await second.close();
    await expect(fetch(`http://127.0.0.1:${first.port}/`)).rejects.toThrow();
    await expect(fetch(`http://[::1]:${first.port}/`)).rejects.toThrow();
  });

  it.each([
    ['127.0.0.1', '::1'],
    ['::1', '127.0.0.1'],
  ])('fails when the port is in use only at %s, and frees the other address', async (address, other) => {
    const port = portOf(await taking(0, address));
    await expect(listen(nothing, port)).rejects.toMatchObject({ code: 'EADDRINUSE', address });
    await taking(port, other);
  });

  it('gives up when no port is free at every address', async () => {
    await expect(listen(nothing, 0, { addresses: ['127.0.0.1', '127.0.0.1'] })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});

describe('an incomplete request', () => {
  const soon = { requestMs: 200 };

  it.each([
    ['nothing', ''],
    ['half a line', 'GET /x HT'],
    ['half a head', 'POST /anonymous/token HTTP/1.1\r\nHost: localhost\r\nContent-'],
  ])('is aborted while its header is missing: %s', async (_, text) => {
    const connection = await rawConnection((await listening(nothing, soon)).port);
    connection.write(text);
    expect(statusOf(await connection.answer())).toBe(408);
  });

  it.each([
    ['of a known length', 'Content-Length: 10\r\n\r\n{"a"'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n'],
    ['in chunks, in the middle of one', 'Transfer-Encoding: chunked\r\n\r\nff\r\n{"a"'],
  ])('is aborted while its body is missing: %s', async (_, rest) => {
    const tenant = await testTenant();
    for (const path of ['/anonymous/token', '/oauth/token', '/api/v2/clients']) {
      const connection = await rawConnection((await listening(tenant.handle, soon)).port);
      connection.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${rest}`);
      const answer = await connection.answer();
      // A request that needs no body is answered at once; the rest of it never arrives.
      expect(statusOf(answer)).toBe(path === '/api/v2/clients' && !rest.startsWith('Transfer') ? 401 : 408);
    }
  });

  it('is aborted even when single bytes keep arriving', async () => {
    const connection = await rawConnection((await listening(nothing, soon)).port);
    connection.write('GET / HTTP/1.1\r\nHost: localhost\r\nX: ');
    const dripping = setInterval(() => connection.write('a'), 20);
    onTestFinished(() => clearInterval(dripping));
    expect(statusOf(await connection.answer())).toBe(408);
  });

  it('does not affect a complete request', async () => {
    const { port, url } = await listening(nothing, soon);
    (await rawConnection(port)).write('GET / HT');
    expect((await fetch(url)).status).toBe(204);
  });
});

describe('close', () => {
  const ms = async (work: () => Promise<void>) => {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  };
  const request = 'POST / HTTP/1.1\r\nHost: localhost\r\n';

  it.each<[string, string, string?]>([
    ['nothing was sent', ''],
    ['half a head was sent', 'GET / HT'],
    ['a request was answered, and the connection kept', `${request}Content-Length: 0\r\n\r\n`, 'HTTP/1.1 204'],
  ])('does not wait when %s', async (_, text, mark) => {
    const { port, close } = await listen(nothing, 0, { graceMs: 60_000 });
    const connection = await rawConnection(port);
    connection.write(text);
    if (mark) await connection.until(mark);
    expect(await ms(close)).toBeLessThan(1000);
    await connection.answer().catch(() => '');
    expect(connection.socket.destroyed).toBe(true);
  });

  it.each<[string, Handle, string]>([
    ['half a body was sent', async (sent) => new Response(await sent.text()), 'Content-Length: 9\r\n\r\n{'],
    ['half a body was sent in chunks', nothing, 'Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n'],
    ['the answer never comes', () => new Promise(() => {}), 'Content-Length: 0\r\n\r\n'],
    ['the answer is not read', async () => new Response('a'.repeat(50_000_000)), 'Content-Length: 0\r\n\r\n'],
  ])('waits no longer than the grace period when %s', async (_, handle, text) => {
    const quick: Handle = async (sent, by) => (sent.method === 'GET' ? nothing(sent, by) : handle(sent, by));
    const { url, port, close } = await listen(quick, 0, { graceMs: 100 });
    const { socket, write } = await rawConnection(port);
    socket.pause();
    write(request + text);
    // A later request has been answered, so this one has been processed.
    await fetch(url);
    expect(await ms(close)).toBeLessThan(1500);
  });

  it('lets a running response finish', async () => {
    const events = new EventEmitter();
    const { url, close } = await listen(async () => {
      events.emit('asked');
      await once(events, 'answer');
      return new Response('whole');
    }, 0);
    const asked = once(events, 'asked');
    const response = fetch(url);
    await asked;
    const closed = close();
    events.emit('answer');
    expect(await (await response).text()).toBe('whole');
    await closed;
  });
});
