import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { homeAfter, newHome, run, start } from '../support/bin.ts';
import { jsonOf, type Served, serve } from '../support/local-server.ts';
import { rawConnection, statusOf } from '../support/raw-http.ts';

const audience = 'https://api.shop.example';

/** As people start it, on a free port. */
const httpsToo = ['--port', '0', '--json'];

async function post(url: string, body: object): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

describe('local start', () => {
  it('serves tokens that verify with the keys it serves', async () => {
    const home = await homeAfter(['quickstart']);
    const [{ client_id }] = (await jsonOf(home, ['app', 'list'])) as unknown as [{ client_id: string }];
    const { url, issuer } = await serve(home);
    const answer = await post(`${url}/anonymous/token`, { client_id, audience, scope: 'anon read:catalog' });
    expect(answer.status).toBe(200);
    const { access_token } = (await answer.json()) as { access_token: string };

    const discovery = (await (await fetch(`${url}/.well-known/openid-configuration`)).json()) as Record<string, string>;
    expect(discovery.issuer).toBe(issuer);
    const keys = createRemoteJWKSet(new URL((discovery.jwks_uri ?? '').replace(/^https:/, 'http:')));
    const { payload, protectedHeader } = await jwtVerify(access_token, keys, {
      issuer,
      audience,
      algorithms: ['RS256'],
    });
    expect(payload).toMatchObject({ azp: client_id, scope: 'read:catalog' });
    expect(protectedHeader.typ).toBe('JWT');
  });

  it('shares its state with commands that run at the same time', async () => {
    const home = newHome();
    const { url, issuer: served } = await serve(home);
    const [{ client_id }] = (await jsonOf(home, ['app', 'list'])) as unknown as [{ client_id: string }];
    const ask = (more = {}) => post(`${url}/anonymous/token`, { client_id, audience, ...more });
    expect(((await (await ask()).json()) as { error: string }).error).toBe('unauthorized_client');
    await run(home, ['app', 'enable', 'web']);
    expect(((await (await ask()).json()) as { error: string }).error).toBe('invalid_target');
    await run(home, ['api', 'enable', 'shop', '--scopes', 'read:catalog']);
    expect((await ask()).status).toBe(200);

    // A command sees changes made over HTTP.
    const { management_client_id, management_client_secret, issuer } = await jsonOf<Record<string, string>>(home, [
      'local',
      'show',
      '--reveal-secrets',
    ]);
    expect(issuer).toBe(served);
    const token = await post(`${url}/oauth/token`, {
      grant_type: 'client_credentials',
      client_id: management_client_id,
      client_secret: management_client_secret,
      audience: `${url.replace('http:', 'https:')}/api/v2/`,
    });
    const { access_token } = (await token.json()) as { access_token: string };
    const patched = await fetch(`${url}/api/v2/tenants/settings`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: '{"anonymous_session_lifetime":86400}',
    });
    expect(patched.status).toBe(200);
    expect(await jsonOf(home, ['tenant', 'show'])).toMatchObject({ session_lifetime: 86_400 });
  });

  it('can be used by a profile like any other tenant', async () => {
    const home = newHome();
    const { url } = await serve(home);
    const { management_client_id, management_client_secret } = await jsonOf<Record<string, string>>(home, [
      'local',
      'show',
      '--reveal-secrets',
    ]);
    const added = await run(
      home,
      ['login', 'served', '--domain', url, '--client-id', String(management_client_id), '--client-secret', '-'],
      { input: management_client_secret ?? '' },
    );
    expect(added.stderr).toBe('');
    expect((await run(home, ['app', 'enable', 'web'])).code).toBe(0);
    expect((await run(home, ['api', 'enable', 'shop', '--scopes', 'read:catalog'])).code).toBe(0);
    expect(await jsonOf(home, ['token', 'create', '--meta', 'a=1'])).toMatchObject({
      decoded: { access_token: { signature: { state: 'verified' } }, session_token: { seal: { state: 'sealed' } } },
    });
    expect((await run(home, ['token', 'update', '--meta', 'b=2'])).code).toBe(0);
  });

  it('ends with 0 on Ctrl-C and frees the port, even while a client holds a connection', async () => {
    const home = newHome();
    const { url, port, stop } = await serve(home);
    // fetch keeps the connection open for the next request.
    expect((await fetch(`${url}/.well-known/jwks.json`)).status).toBe(200);
    // `serve` uses --json, so stderr is one object or empty.
    expect(await stop()).toEqual({ code: 0, stderr: '' });
    const free = createServer().listen(port, '127.0.0.1');
    await once(free, 'listening');
    free.close();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends with 0 within 2 s on %s, whatever connections are open',
    async (signal) => {
      const { port, stop } = await serve(newHome(), [], httpsToo);
      const sent = [
        '',
        // The beginning of a TLS handshake.
        '\x16\x03\x01\x02\x00\x01',
        'GET /.well-known/jw',
        'POST /anonymous/token HTTP/1.1\r\nHost: localhost\r\nContent-',
        'POST /anonymous/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"a"',
        'POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"a"',
        // Three requests whose responses are never read.
        'GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(3),
      ];
      for (const host of ['127.0.0.1', '::1']) {
        for (const text of sent) {
          const { socket, write } = await rawConnection(port, host);
          socket.pause();
          write(text);
        }
      }
      expect((await fetch(`http://127.0.0.1:${port}/.well-known/jwks.json`)).status).toBe(200);
      const begun = performance.now();
      expect(await stop(signal)).toEqual({ code: 0, stderr: '' });
      expect(performance.now() - begun).toBeLessThan(2000);
    },
  );

  it('serves both addresses of localhost, and only the given names', async () => {
    const { port } = await serve(newHome(), ['--allow-host', 'Tenant.Test', '--allow-host', 'bücher.test']);
    const statusAs = async (host: string, address: string) => {
      const connection = await rawConnection(port, address);
      connection.write(`GET /.well-known/jwks.json HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      return statusOf(await connection.answer());
    };
    for (const address of ['127.0.0.1', '::1']) {
      for (const host of [`localhost:${port}`, `[::1]:${port}`, 'tenant.test', 'xn--bcher-kva.test:8080']) {
        expect([host, await statusAs(host, address)]).toEqual([host, 200]);
      }
      expect(await statusAs(`evil.example:${port}`, address)).toBe(421);
    }
  });

  it('listens on all addresses with --host 0.0.0.0, warns of it, and serves the same names as before', async () => {
    const { port, url, stop } = await serve(newHome(), ['--host', '0.0.0.0', '--allow-host', 'tenant.test'], httpsToo);
    expect(url).toBe(`https://localhost:${port}`);
    const statusAs = async (host: string, path: string) => {
      const connection = await rawConnection(port, '127.0.0.2');
      connection.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      return statusOf(await connection.answer());
    };
    for (const host of ['localhost', 'tenant.test']) expect(await statusAs(host, '/.well-known/jwks.json')).toBe(200);
    for (const host of ['127.0.0.2', '0.0.0.0', 'evil.example']) {
      expect(await statusAs(host, '/.well-known/jwks.json')).toBe(421);
      // A kubelet asks under the address of the pod.
      expect(await statusAs(host, '/health')).toBe(200);
    }
    const { stderr } = await stop('SIGTERM');
    expect(JSON.parse(stderr).warnings).toEqual([
      `The local tenant is open to the network at 0.0.0.0:${port}, over HTTPS and plain HTTP. Whoever can connect gets ` +
        'guest tokens, can log in as every user without a password, and can read and change the whole tenant with the credentials of its Management API client. Use it for development only.',
    ]);
  });

  it('listens on a given address alone, and is served under it', async () => {
    const { url, port, stop } = await serve(newHome(), ['--host', '127.0.0.2']);
    expect(url).toBe(`http://127.0.0.2:${port}`);
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok', database: 'sqlite' });
    expect((await fetch(`${url}/.well-known/jwks.json`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
    expect(await stop()).toEqual({ code: 0, stderr: '' });
  });

  it('reports an address that this machine does not have', async () => {
    expect(await run(newHome(), ['local', 'start', '--port', '0', '--host', '192.0.2.1'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr:
        'error: This machine does not have the address 192.0.2.1.\n' +
        'hint:  Choose one that it has, or all of them:\n       anon-cli local start --host 0.0.0.0\n',
    });
  });

  it.each(['tenant.test:4400', 'https://tenant.test', '', '*.test', 'a b', 'user@tenant.test', '::1'])(
    'does not accept %j as a host name',
    async (name) => {
      expect(await run(newHome(), ['local', 'start', '--port', '0', '--allow-host', name])).toMatchObject({
        code: 2,
        stdout: '',
        stderr: `error: '${name}' is not a valid host name.\nhint:  Give a name without scheme and port: --allow-host tenant.test\n`,
      });
    },
  );

  it.each([
    ['127.0.0.1', ''],
    ['::1', ' on [::1]'],
  ])('reports a port that is in use at %s', async (address, place) => {
    const taken = createServer().listen(0, address);
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    expect(await run(newHome(), ['local', 'start', '--port', String(port)])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `error: Port ${port} is in use${place}.\nhint:  Choose another: --port 4401\n`,
    });
  });

  it("has the time that another process gives the tenant's clock, from the next request on", async () => {
    const home = newHome();
    const { url, stdout } = await serve(home);
    const year = async () =>
      new Date((await fetch(`${url}/.well-known/jwks.json`)).headers.get('date') ?? '').getFullYear();
    await run(home, ['local', 'clock', 'set', '2042-06-01']);
    expect(await year()).toBe(2042);
    const { control_url, control_token } = JSON.parse(stdout);
    const headers = { authorization: `Bearer ${control_token}`, 'content-type': 'application/json' };
    const change = { method: 'POST', headers, body: '{"set":"2043-06-01"}' };
    expect((await fetch(`${control_url}/clock`, change)).status).toBe(200);
    expect((await jsonOf<{ now: string }>(home, ['local', 'clock'])).now).toMatch(/^2043-06-01/);
  });

  it('tells local env of its control endpoints until it is killed', async () => {
    const home = newHome();
    const { control_token, stop } = (await serve(home)) as Served & { control_token: string };
    expect(await jsonOf(home, ['local', 'env'])).toMatchObject({ control_token });
    await stop('SIGKILL');
    expect(await jsonOf(home, ['local', 'env'])).not.toHaveProperty('control_token');
    expect(readdirSync(join(home, '.local', 'share', 'anon-cli', 'control'))).toEqual([]);
  });

  it('returns 429 over its rate limit', async () => {
    const { url } = await serve(newHome(), ['--rate-limit', '1']);
    const statuses = await Promise.all(
      [1, 2, 3, 4, 5].map(async () => (await fetch(`${url}/.well-known/jwks.json`)).status),
    );
    expect(statuses).toContain(429);
  });
});

describe('Ctrl-C', () => {
  it('ends with 130 during a request without a response', async () => {
    const home = newHome();
    const silent = createServer();
    onTestFinished(() => void silent.close());
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    await run(home, ['login', 'silent', '--no-check', '--domain', `http://127.0.0.1:${port}`]);

    const child = start(home, ['token', 'create', '--profile', 'silent', '--app', 'a', '--api', 'b']);
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [socket] = await once(silent, 'connection');
    await once(socket, 'data');
    child.kill('SIGINT');
    const [code, signal] = await once(child, 'close');
    socket.destroy();
    expect({ code, signal, stderr }).toEqual({ code: 130, signal: null, stderr: 'error: Interrupted.\n' });
  });
});
