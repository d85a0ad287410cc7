import { describe, expect, it, onTestFinished } from 'vitest';
import { type Listening, listen } from '../../../src/local/http/listen.ts';
import { testTenant } from '../../support/local.ts';
import { bodyOf, rawConnection, statusOf } from '../../support/raw-http.ts';

async function served(hosts: readonly string[] = []): Promise<Listening> {
  const tenant = await testTenant({ edition: 'ea' });
  const listening = await listen(tenant.handle, 0, { hosts: () => hosts });
  onTestFinished(() => listening.close());
  return listening;
}

/** Sends exactly these lines and `body`, and returns the response. */
async function ask({ port }: Listening, lines: readonly string[], body = ''): Promise<string> {
  const connection = await rawConnection(port);
  connection.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`);
  return connection.answer();
}

const discovery = 'GET /.well-known/openid-configuration HTTP/1.1';

describe('a tenant is served under', () => {
  it.each(['localhost', '127.0.0.1', '[::1]', 'LocalHost', 'localhost:PORT', '[::1]:PORT', 'localhost:'])(
    '%s',
    async (host) => {
      const listening = await served();
      const answer = await ask(listening, [discovery, `Host: ${host.replace('PORT', String(listening.port))}`]);
      expect(statusOf(answer)).toBe(200);
    },
  );

  it('the given names, and still under localhost', async () => {
    const listening = await served(['tenant.test', '[fd00::1]']);
    for (const host of ['tenant.test', 'TENANT.test:8443', '[fd00::1]:1', 'localhost']) {
      expect([host, statusOf(await ask(listening, [discovery, `Host: ${host}`]))]).toEqual([host, 200]);
    }
    expect(statusOf(await ask(listening, [discovery, 'Host: other.test']))).toBe(421);
  });

  it.each([
    'evil.example',
    'evil.example:PORT',
    'localhost.evil.example',
    'evil-localhost',
    'localhost.',
    '127.0.0.2',
    '127.1',
    '0.0.0.0',
    '2130706433',
    '[::]',
    '[::ffff:127.0.0.1]',
    '169.254.169.254',
  ])('no other name: %s', async (host) => {
    const listening = await served();
    for (const path of ['/.well-known/openid-configuration', '/anonymous/token', '/nothing']) {
      const answer = await ask(listening, [
        `GET ${path} HTTP/1.1`,
        `Host: ${host.replace('PORT', String(listening.port))}`,
      ]);
      expect([statusOf(answer), bodyOf(answer).error]).toEqual([421, 'invalid_request']);
    }
  });

  it('and refuses Management API calls in their own envelope, before it checks the token', async () => {
    const answer = await ask(await served(), ['GET /api/v2/clients HTTP/1.1', 'Host: evil.example']);
    expect(statusOf(answer)).toBe(421);
    expect(bodyOf(answer)).toEqual({
      statusCode: 421,
      error: 'Misdirected Request',
      message:
        'This tenant is not served as evil.example. To serve it under that name: anon-cli local start --allow-host evil.example',
    });
  });

  it.each([
    ['none', []],
    ['none, in HTTP/1.0', [], 'HTTP/1.0'],
    ['an empty one', ['Host:']],
    ['two', ['Host: localhost', 'Host: evil.example']],
    ['two in one', ['Host: localhost, evil.example']],
    ['a user', ['Host: a@localhost']],
    ['a path', ['Host: localhost/evil']],
    ['no port', ['Host: localhost:http']],
    ['an address without brackets', ['Host: ::1']],
  ])('refuses a request with %s with 400', async (_, hosts, version = 'HTTP/1.1') => {
    const answer = await ask(await served(), [`GET /api/v2/clients ${version}`, ...hosts]);
    expect([statusOf(answer), bodyOf(answer).statusCode]).toEqual([400, 400]);
  });

  it.each([
    ['http://localhost/.well-known/openid-configuration', 'localhost', 200],
    ['HTTP://LOCALHOST:9/.well-known/openid-configuration', 'localhost', 200],
    ['http://evil.example/.well-known/openid-configuration', 'localhost', 421],
    ['http://localhost/.well-known/openid-configuration', 'evil.example', 421],
    ['http://localhost@evil.example/', 'localhost', 400],
    ['ftp://localhost/', 'localhost', 400],
    ['evil.example:80', 'localhost', 400],
    ['*', 'localhost', 400],
  ])('the target %s and the Host %s: %i', async (target, host, status) => {
    const method = target === '*' ? 'OPTIONS' : 'GET';
    const answer = await ask(await served(), [`${method} ${target} HTTP/1.1`, `Host: ${host}`]);
    expect(statusOf(answer)).toBe(status);
  });

  it('and requests have that host with the port that is served, whatever else they contain', async () => {
    const listening = await listen(async ({ url }) => Response.json({ url }), 0, { hosts: () => ['tenant.test'] });
    onTestFinished(() => listening.close());
    for (const [host, name] of [
      ['localhost:9', 'localhost'],
      ['tenant.test', 'tenant.test'],
      ['[::1]', '[::1]'],
    ] as const) {
      const forwarded = ['X-Forwarded-Host: evil.example', 'Forwarded: host=evil.example', 'X-Forwarded-Port: 9'];
      const answer = await ask(listening, [discovery, `Host: ${host}`, ...forwarded]);
      expect(answer).toContain(`{"url":"http://${name}:${listening.port}/.well-known/openid-configuration"}`);
    }
  });
});

const megabyte = 1_000_000;
const endpoints = [
  ['/anonymous/token', { error: 'invalid_request', error_description: 'The body must be at most 1 MB.' }],
  ['/anonymous/logout', { error: 'invalid_request', error_description: 'The body must be at most 1 MB.' }],
  ['/oauth/token', { error: 'invalid_request', error_description: 'The body must be at most 1 MB.' }],
  ['/nothing', { error: 'invalid_request', error_description: 'The body must be at most 1 MB.' }],
  ['/api/v2/clients', { statusCode: 413, error: 'Payload Too Large', message: 'The body must be at most 1 MB.' }],
] as const;

describe('a body of more than 1 MB', () => {
  it.each(endpoints)(
    'is refused with 413 by %s before any of it arrives, and the connection closes',
    async (path, body) => {
      const connection = await rawConnection((await served()).port);
      connection.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${megabyte + 1}\r\n\r\n`);
      const answer = await connection.answer();
      expect([statusOf(answer), bodyOf(answer)]).toEqual([413, body]);
      expect(answer).toMatch(/^connection: close\r$/im);
    },
  );

  it.each(endpoints)('is cut off at 1 MB by %s when its length is unknown', async (path, body) => {
    const connection = await rawConnection((await served()).port);
    connection.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const chunk = `186a0\r\n${'a'.repeat(100_000)}\r\n`;
    for (let sent = 0; sent <= 10; sent += 1) connection.write(chunk);
    // No last chunk: the body never ends.
    const answer = await connection.answer();
    expect([statusOf(answer), bodyOf(answer)]).toEqual([413, body]);
  });

  it('is not sent by a client that expects 100-continue', async () => {
    const connection = await rawConnection((await served()).port);
    const length = `Content-Length: ${megabyte + 1}`;
    connection.write(`POST /oauth/token HTTP/1.1\r\nHost: localhost\r\n${length}\r\nExpect: 100-continue\r\n\r\n`);
    expect(statusOf(await connection.answer())).toBe(413);
  });

  it('gives an ordinary client a 413, not a broken connection', async () => {
    const { url } = await served();
    for (const body of ['a'.repeat(5 * megabyte), new Blob(['a'.repeat(5 * megabyte)]).stream()]) {
      const answer = await fetch(`${url}/anonymous/token`, { method: 'POST', body, duplex: 'half' } as RequestInit);
      expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([413, 'invalid_request']);
    }
  });
});

describe('a body of at most 1 MB', () => {
  const json = (bytes: number) => JSON.stringify({ client_id: 'x', filler: 'a'.repeat(bytes - 30) }).padEnd(bytes);

  it.each([
    ['says how long it is', json(megabyte)],
    ['does not', new Blob([json(megabyte)]).stream()],
  ])('is read when it %s', async (_, body) => {
    const { url } = await served();
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/anonymous/token`, {
      ...{ method: 'POST', headers, body, duplex: 'half' },
    } as RequestInit);
    expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([401, 'invalid_client']);
  });

  it('is sent by a client that expects 100-continue', async () => {
    const connection = await rawConnection((await served()).port);
    const head = ['POST /anonymous/token HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
    connection.write(
      `${[...head, 'Content-Length: 17', 'Expect: 100-continue', 'Connection: close'].join('\r\n')}\r\n\r\n`,
    );
    await connection.until('HTTP/1.1 100 Continue\r\n\r\n');
    connection.write('{"client_id":"x"}');
    expect(await connection.answer()).toContain('HTTP/1.1 401 ');
  });
});
