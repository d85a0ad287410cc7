import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpFetch } from '../../src/io/http.ts';
import certificate from '../fixtures/tokens/certificate.json' with { type: 'json' };
import { failureOf } from '../support/domain.ts';
import { freePort } from '../support/free-port.ts';
import { rsa } from '../support/tokens.ts';

const get = { method: 'GET', headers: {} };

/** Serves on a free port of the loopback interface until the test is over. */
async function serve(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function answering(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await serve(createServer(listener))}`;
}

function fetching(signal = new AbortController().signal) {
  return httpFetch('http://localhost', {}, signal);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

describe('a request over HTTP', () => {
  it('brings method, headers and body there, and status, headers and body back', async () => {
    const url = await answering(async (request, response) => {
      const { method, url: path, headers } = request;
      response.writeHead(201, { 'x-ratelimit-limit': '7' });
      response.end(JSON.stringify({ method, path, type: headers['content-type'], body: await bodyOf(request) }));
    });
    const headers = { 'content-type': 'application/json' };
    const response = await fetching()(`${url}/a?b=c`, { method: 'POST', headers, body: '{"ü":1}' });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-ratelimit-limit')).toBe('7');
    expect(await response.json()).toEqual({
      method: 'POST',
      path: '/a?b=c',
      type: 'application/json',
      body: '{"ü":1}',
    });
  });

  it.each([204, 304, 429, 500])('brings the status %i back as it is', async (status) => {
    const url = await answering((_, response) => response.writeHead(status).end());
    const response = await fetching()(url, get);
    expect([response.status, await response.text()]).toEqual([status, '']);
  });

  it('is not led elsewhere', async () => {
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

describe('a tenant is unreachable when', () => {
  it('it refuses connections: on this machine it may not be running', async () => {
    const port = await freePort();
    expect(await failureOf(() => fetching()(`http://127.0.0.1:${port}/`, get))).toMatchObject({
      code: 'tenant_unreachable',
      message: `The tenant 127.0.0.1:${port} cannot be reached: it refuses connections.`,
      hint: `Is it running? anon-cli local start --port ${port}`,
    });
  });

  it('it refuses connections: elsewhere the domain may be wrong', async () => {
    const port = await freePort();
    expect(await failureOf(() => fetching()(`https://127.0.0.1:${port}/`, get))).toMatchObject({
      code: 'tenant_unreachable',
      hint: 'Check the network, and the domain: anon-cli profile list',
    });
  });

  it.each<[string, RequestListener]>([
    ['before it answers', (request) => request.socket.destroy()],
    [
      'in the middle of its answer',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"access_token":', () => request.socket.destroy());
      },
    ],
  ])('it closes the connection %s', async (_, listener) => {
    const url = await answering(listener);
    expect(await failureOf(() => fetching()(url, get))).toMatchObject({
      code: 'tenant_unreachable',
      message: `The tenant ${new URL(url).host} cannot be reached: the connection was closed.`,
    });
  });

  it('it speaks no TLS', async () => {
    const url = await answering((_, response) => response.end('plain'));
    const error = await failureOf(() => fetching()(url.replace('http:', 'https:'), get));
    expect(error.code).toBe('tenant_unreachable');
    expect(error.message).toMatch(/^The tenant \S+ cannot be reached: the connection (failed|was closed)/);
  });

  it('it speaks no HTTP', async () => {
    const server = createServer();
    server.on('connection', (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    const port = await serve(server);
    expect(await failureOf(() => fetching()(`http://127.0.0.1:${port}/`, get))).toMatchObject({
      code: 'tenant_unreachable',
    });
  });

  it('nobody here trusts its certificate', async () => {
    const key = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' });
    const port = await serve(createTlsServer({ key, cert: certificate.pem }, (_, response) => response.end()));
    expect(await failureOf(() => fetching()(`https://127.0.0.1:${port}/`, get))).toMatchObject({
      code: 'tenant_unreachable',
      message: `The tenant 127.0.0.1:${port} cannot be reached: its certificate is not trusted here.`,
      hint: 'For a certificate authority of your own, set NODE_EXTRA_CA_CERTS to its file.',
    });
  });
});

describe('a request that the user stops', () => {
  it('before it is sent is interrupted', async () => {
    const url = await answering((_, response) => response.end());
    expect(await failureOf(() => fetching(AbortSignal.abort())(url, get))).toMatchObject({ code: 'interrupted' });
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
    expect(await failureOf(() => fetching(controller.signal)(url, get))).toMatchObject({
      code: 'interrupted',
      message: 'Interrupted.',
    });
  });
});

describe('a proxy', () => {
  /** A proxy that notes what it is asked to reach and refuses. */
  async function refusingProxy() {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(502).end();
    });
    server.on('connect', (request, socket) => {
      asked.push(request.url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    return { asked, url: `http://127.0.0.1:${await serve(server)}` };
  }

  it('is what a tenant on the network is reached through', async () => {
    const { asked, url } = await refusingProxy();
    const fetch = httpFetch('https://acme.example', { HTTPS_PROXY: url }, new AbortController().signal);
    expect(await failureOf(() => fetch('https://acme.example/', get))).toMatchObject({ code: 'tenant_unreachable' });
    expect(asked).toEqual(['acme.example:443']);
  });

  it('never sees what goes to a tenant on this machine', async () => {
    const { asked, url } = await refusingProxy();
    const tenant = await answering((_, response) => response.end('here'));
    const env = { HTTP_PROXY: url, HTTPS_PROXY: url };
    const response = await httpFetch(tenant, env, new AbortController().signal)(tenant, get);
    expect(await response.text()).toBe('here');
    expect(asked).toEqual([]);
  });

  it('without a usable address is the mistake of who set it', async () => {
    const { signal } = new AbortController();
    expect(await failureOf(async () => httpFetch('https://acme.example', { HTTPS_PROXY: '::' }, signal))).toMatchObject(
      {
        code: 'usage',
        message: 'HTTPS_PROXY is not the address of a proxy.',
      },
    );
  });
});
