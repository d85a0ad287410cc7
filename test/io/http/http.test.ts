import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { unreachable } from '../../../src/io/http/connection-failure.ts';
import { type HttpWorld, httpFetch } from '../../../src/io/http/http.ts';
import { authority } from '../../support/authority-file.ts';
import { failureOf } from '../../support/domain.ts';
import { freePort } from '../../support/free-port.ts';
import { answering, answeringOverTls, served } from '../../support/http-server.ts';

const get = { method: 'GET', headers: {} };

function fetching(world: Partial<HttpWorld> = {}, limits = { connectMs: 5000, totalMs: 30_000 }) {
  return httpFetch('https://acme.example', { env: {}, signal: new AbortController().signal, ...world }, limits);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

describe('a request over HTTP', () => {
  it('sends method, headers and body, and returns status, headers and body', async () => {
    const url = await answering(async (request, response) => {
      const { method, url: path, headers } = request;
      response.writeHead(201, { 'x-ratelimit-limit': '7' });
      response.end(JSON.stringify({ method, path, type: headers['content-type'], body: await bodyOf(request) }));
    });
    const headers = { 'content-type': 'application/json' };
    const response = await fetching()(`${url}/a?b=c`, { method: 'POST', headers, body: '{"ü":1}' });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-ratelimit-limit')).toBe('7');
    expect(JSON.parse(await response.text())).toEqual({
      method: 'POST',
      path: '/a?b=c',
      type: 'application/json',
      body: '{"ü":1}',
    });
  });

  it.each([204, 304, 429, 500])('returns the status %i unchanged', async (status) => {
    const url = await answering((_, response) => response.writeHead(status).end());
    const response = await fetching()(url, get);
    expect([response.status, await response.text()]).toEqual([status, '']);
  });

  it('reuses the connection of the previous one', async () => {
    const url = await answering((request, response) => response.end(String(request.socket.remotePort)));
    const fetch = fetching();
    const ports = new Set<string>();
    for (let count = 0; count < 4; count += 1) ports.add(await (await fetch(url, get)).text());
    expect(ports.size).toBe(1);
  });

  it('returns the final response, however it arrives', async () => {
    const url = await answering(async (_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] });
      const bytes = Buffer.from('\ufeff{"ü":"€"}');
      for (const byte of bytes) await new Promise<void>((sent) => response.write(Buffer.from([byte]), () => sent()));
      response.end();
    });
    const response = await fetching()(url, get);
    expect([response.status, await response.text()]).toEqual([200, '{"ü":"€"}']);
    expect([response.headers.get('set-cookie'), response.headers.get('link')]).toEqual(['a=1, b=2', null]);
  });

  it('follows no redirect', async () => {
    const asked: string[] = [];
    const url = await answering((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    const response = await fetching()(`${url}/here`, { ...get, method: 'POST', body: 'a secret' });
    expect(response.status).toBe(307);
    expect(asked).toEqual(['POST /here']);
  });
});

describe('a tenant that', () => {
  it('refuses connections: on this machine it may not be running', async () => {
    const port = await freePort();
    expect(await failureOf(() => fetching()(`http://127.0.0.1:${port}/`, get))).toMatchObject({
      code: 'tenant_unreachable',
      message: `The tenant 127.0.0.1:${port} cannot be reached: connection refused.`,
      hint: `Is it running? To start it: anon-cli local start --port ${port}`,
    });
  });

  it.each(['http://localhost:PORT/', 'https://localhost:PORT/', 'http://[::1]:PORT/'])(
    'refuses connections: at %s it may be the local tenant',
    async (address) => {
      const port = await freePort();
      const url = address.replace('PORT', String(port));
      expect(await failureOf(() => fetching()(url, get))).toMatchObject({
        code: 'tenant_unreachable',
        message: expect.stringContaining('connection refused.'),
        hint: `Is it running? To start it: anon-cli local start --port ${port}`,
      });
    },
  );

  it('does not end its answer is cut off', async () => {
    const url = await answering((_, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(2 ** 20)));
      };
      response.writeHead(200).on('drain', more);
      more();
    });
    expect(await failureOf(() => fetching()(`${url}/`, get))).toMatchObject({
      code: 'tenant_unreachable',
      message: expect.stringMatching(
        /^The response of the tenant 127\.0\.0\.1:\d+ is larger than 64 MB, and was not read completely\.$/,
      ),
    });
  });

  it('refuses connections: elsewhere the domain may be wrong', async () => {
    const port = await freePort();
    expect(await failureOf(() => fetching()(`https://127.0.0.1:${port}/`, get))).toMatchObject({
      code: 'tenant_unreachable',
      hint: 'Check the network and the spelling of the domain.',
    });
  });

  it('has an unknown host name', async () => {
    expect(await failureOf(() => fetching()('https://tenant.invalid/', get))).toMatchObject({
      code: 'tenant_unreachable',
      message: expect.stringMatching(/^The tenant tenant\.invalid cannot be reached: (no such host|its name cannot)/),
      sent: false,
      broken: false,
    });
  });

  it.each(['127.0.0.1', 'localhost'])('speaks no TLS on this machine, %s: the hint suggests http://', async (name) => {
    const url = (await answering((_, response) => response.end('plain'))).replace('127.0.0.1', name);
    const { host } = new URL(url);
    expect(await failureOf(() => fetching()(url.replace('http:', 'https:'), get))).toMatchObject({
      message: `The tenant ${host} cannot be reached: a TLS error occurred.`,
      hint: `If it speaks plain HTTP, as anon-cli local start --http does, use the domain http://${host}`,
      sent: false,
    });
  });

  it('closes a TLS handshake on this machine: the hint suggests http:// too', async () => {
    const port = await served(createTcpServer((socket) => void socket.once('data', () => socket.end())));
    expect(await failureOf(() => fetching()(`https://127.0.0.1:${port}/`, get))).toMatchObject({
      hint: `If it speaks plain HTTP, as anon-cli local start --http does, use the domain http://127.0.0.1:${port}`,
    });
  });

  const plainHttp =
    'Plain HTTP works only on this machine, as http://localhost:<port>. Other tenants speak HTTPS: check the domain and its port.';

  it.each([
    ['ERR_SSL_WRONG_VERSION_NUMBER', plainHttp],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', plainHttp],
    ['EPROTO', plainHttp],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'Check the network and the spelling of the domain.'],
  ])('speaks no TLS elsewhere (%s): plain HTTP is for this machine only', (code, hint) => {
    const limits = { connectMs: 5000, totalMs: 30_000 };
    const cause = Object.assign(new Error('x'), { code });
    const failed = { url: new URL('https://acme.example/'), sent: false, overdue: false, limits };
    expect(unreachable(failed, cause)).toMatchObject({
      message: 'The tenant acme.example cannot be reached: a TLS error occurred.',
      hint,
    });
  });

  it('speaks TLS at an http:// address: the hint omits http://', async () => {
    const alert = Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46]);
    const port = await served(createTcpServer((socket) => void socket.once('data', () => socket.end(alert))));
    expect(await failureOf(() => fetching()(`http://127.0.0.1:${port}/`, get))).toMatchObject({
      message: `The tenant 127.0.0.1:${port} did not answer: it does not speak HTTP.`,
      hint: `If it speaks HTTPS, use the domain 127.0.0.1:${port}`,
    });
  });

  it('does not speak HTTP', async () => {
    const port = await served(createTcpServer((socket) => void socket.write('SSH-2.0-OpenSSH_9.9\r\n')));
    expect(await failureOf(() => fetching()(`http://127.0.0.1:${port}/`, get))).toMatchObject({
      message: `The tenant 127.0.0.1:${port} did not answer: it does not speak HTTP.`,
      sent: true,
      broken: false,
    });
  });

  it('does not connect within the limit', async () => {
    const port = await served(createTcpServer(() => {}));
    const fetch = fetching({}, { connectMs: 50, totalMs: 30_000 });
    expect(await failureOf(() => fetch(`https://127.0.0.1:${port}/`, get))).toMatchObject({
      message: `The tenant 127.0.0.1:${port} cannot be reached: no connection within 0.05 seconds.`,
      sent: false,
      broken: false,
    });
  });
});

describe('a certificate', () => {
  it.each([
    ['localhost', 'is not trusted', /local tenant: --ca-file "\$\(anon-cli local ca\)"$/],
    ['expired', 'has expired', /clock right/],
    ['early', 'is not valid yet', /clock right/],
    ['elsewhere', 'is for another host name', /domain right/],
  ] as const)('%s %s', async (name, problem, hint) => {
    const url = await answeringOverTls((_, response) => response.end(), name);
    const caFile = name === 'localhost' ? undefined : authority();
    expect(await failureOf(() => fetching({ caFile })(url, get))).toMatchObject({
      code: 'tenant_unreachable',
      message: `The tenant ${new URL(url).host} cannot be reached: its certificate ${problem}.`,
      hint: expect.stringMatching(hint),
      sent: false,
      broken: false,
    });
  });

  it('of an authority in the given file is trusted', async () => {
    const url = await answeringOverTls((_, response) => response.end('here'));
    expect(await (await fetching({ caFile: authority() })(url, get)).text()).toBe('here');
  });
});

describe('an answer that breaks', () => {
  it.each<[string, RequestListener]>([
    ['before it began', (request) => request.socket.destroy()],
    ['by a reset', (request) => request.socket.resetAndDestroy()],
    [
      'in the middle',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"access_token":', () => request.socket.destroy());
      },
    ],
    [
      'in the middle, politely',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"access_token":', () => request.socket.end());
      },
    ],
    [
      'in the middle, when it was to be the last',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100', connection: 'close' });
        response.write('{"access_token":', () => request.socket.end());
      },
    ],
    [
      'between two chunks, when it was to be the last',
      (request, response) => {
        response.writeHead(200, { connection: 'close' });
        response.write('{"access_token":', () => request.socket.end());
      },
    ],
    [
      'between two chunks',
      (request, response) => {
        response.writeHead(200);
        response.write('{"access_token":', () => request.socket.end());
      },
    ],
  ])('%s is a failure', async (_, listener) => {
    const url = await answering(listener);
    expect(await failureOf(() => fetching()(url, get))).toMatchObject({
      code: 'tenant_unreachable',
      message: expect.stringMatching(/^The tenant \S+ did not answer: the connection was closed/),
      hint: 'This may be temporary: try again.',
      sent: true,
      broken: true,
    });
  });

  it('is not requested again, whatever the request', async () => {
    const asked: (string | undefined)[] = [];
    const url = await answering((request) => {
      asked.push(request.method);
      request.socket.destroy();
    });
    for (const method of ['GET', 'POST']) await fetching()(url, { ...get, method }).catch(() => {});
    expect(asked).toEqual(['GET', 'POST']);
  });

  it.each<[string, RequestListener]>([
    ['before it began', () => {}],
    ['in the middle', (_, response) => void response.writeHead(200).write('{"access_token":')],
  ])('off because it takes too long %s is a failure', async (_, listener) => {
    const url = await answering(listener);
    const fetch = fetching({}, { connectMs: 5000, totalMs: 150 });
    expect(await failureOf(() => fetch(url, get))).toMatchObject({
      code: 'tenant_unreachable',
      message: `The tenant ${new URL(url).host} did not answer within 0.15 seconds.`,
      sent: true,
      broken: false,
    });
  });
});

describe('connections', () => {
  it('are reused by the next request', async () => {
    const ports = new Set<number | undefined>();
    const url = await answering((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{}');
    });
    const fetch = fetching();
    for (let count = 0; count < 10; count += 1) await fetch(url, get);
    // The next request may come before the free connection is noticed.
    expect(ports.size).toBeLessThanOrEqual(2);
  });
});

describe('a request that the user stops', () => {
  it('before it is sent is interrupted', async () => {
    const url = await answering((_, response) => response.end());
    expect(await failureOf(() => fetching({ signal: AbortSignal.abort() })(url, get))).toMatchObject({
      code: 'interrupted',
    });
  });

  it.each<[string, RequestListener]>([
    ['while nothing has come back', () => {}],
    ['in the middle of the answer', (_, response) => void response.writeHead(200).write('{"access_token":')],
  ])('%s is interrupted', async (_, listener) => {
    const controller = new AbortController();
    const url = await answering((request, response) => {
      listener(request, response);
      controller.abort();
    });
    expect(await failureOf(() => fetching({ signal: controller.signal })(url, get))).toMatchObject({
      code: 'interrupted',
      message: 'Interrupted.',
    });
  });
});
