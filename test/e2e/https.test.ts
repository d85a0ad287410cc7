import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newHome, run } from '../support/bin.ts';
import { freePort } from '../support/free-port.ts';
import { jsonOf, type Served, serve } from '../support/local-server.ts';
import { rawConnection, statusOf } from '../support/raw-http.ts';

const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
const secured = ['--port', '0', '--json'];

function tlsFolder(home: string): string {
  return join(home, '.local', 'share', 'anon-cli', 'tls');
}

/** What a program prints; undefined where it is not installed. */
function output(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { env: { PATH: process.env.PATH, ...env } }, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else if (error.code === 'ENOENT') resolve(undefined);
      else reject(new Error(stderr));
    });
  });
}

const fetching = 'fetch(process.argv[1]).then(async (answer) => process.stdout.write(await answer.text()))';

/** What Node.js fetches, in a process that trusts an authority. */
function fetchedByNode(url: string, ca: string): Promise<string | undefined> {
  return output(process.execPath, ['-e', fetching, url], { NODE_EXTRA_CA_CERTS: ca });
}

describe('local start over HTTPS', () => {
  it('is trusted by Node.js and curl with its authority, and by nobody without', async () => {
    const home = newHome();
    const { url, port, issuer, ca } = (await serve(home, [], secured)) as Served & { ca: string };
    expect([url, issuer]).toEqual([`https://localhost:${port}`, `https://localhost:${port}/`]);
    expect(ca).toBe(join(tlsFolder(home), 'ca.pem'));
    expect((await run(home, ['local', 'ca'])).stdout).toBe(`${ca}\n`);
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      const discovery = `https://${host}:${port}/.well-known/openid-configuration`;
      const found = JSON.parse((await fetchedByNode(discovery, ca)) ?? '');
      expect(found).toMatchObject({ issuer, jwks_uri: `${issuer}.well-known/jwks.json` });
      // Not every machine has curl.
      const byCurl = await output('curl', ['--silent', '--show-error', '--cacert', ca, discovery]);
      if (byCurl !== undefined) expect(JSON.parse(byCurl)).toEqual(found);
    }
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: expect.stringMatching(/VERIFY|ISSUER|SIGNED/) } });
    expect(await (await fetch(`http://localhost:${port}/health`)).json()).toEqual({ status: 'ok', database: 'sqlite' });
  });

  it('works from the first command to a guest’s token, through a profile with --ca-file', async () => {
    const home = newHome();
    const { url, ca } = (await serve(home, [], secured)) as Served & { ca: string };
    const { management_client_id: id, management_client_secret: secret } = await jsonOf<Record<string, string>>(home, [
      ...['local', 'show', '--reveal-secrets'],
    ]);
    const login = ['login', 'served', '--domain', url, '--client-id', String(id), '--client-secret', '-'];
    const refused = await run(home, login, { input: secret ?? '' });
    expect(refused.code).toBe(6);
    expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain(
      'its certificate is not trusted. hint: If this is your local tenant: --ca-file "$(anon-cli local ca)"',
    );
    expect(await run(home, [...login, '--ca-file', ca], { input: secret ?? '' })).toMatchObject({
      code: 0,
      stderr: '',
    });
    const more = ['--ca-file', ca];
    expect((await run(home, ['app', 'enable', 'web', ...more])).code).toBe(0);
    expect((await run(home, ['api', 'enable', 'shop', '--scopes', 'read:catalog', ...more])).code).toBe(0);
    expect(await jsonOf(home, ['token', 'create', ...more])).toMatchObject({
      decoded: { access_token: { signature: { state: 'verified' } } },
    });
  });

  it('has a certificate for the domain, and discovery has its scheme and host behind a proxy too', async () => {
    const home = newHome();
    const { port, ca } = (await serve(home, ['--domain', 'tenant.test'], secured)) as Served & { ca: string };
    const socket = connect({ port, servername: 'tenant.test', ca: readFileSync(ca) });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'secureConnect');
    const request = 'GET /.well-known/openid-configuration HTTP/1.1\r\nHost: tenant.test\r\nConnection: close\r\n\r\n';
    socket.write(request);
    let direct = '';
    for await (const chunk of socket.setEncoding('utf8')) direct += chunk;
    // A proxy that ends TLS connects like this.
    const proxied = await rawConnection(port);
    proxied.write(request);
    for (const answer of [direct, await proxied.answer()]) {
      expect(statusOf(answer)).toBe(200);
      expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({
        issuer: 'https://tenant.test/',
        token_endpoint: 'https://tenant.test/oauth/token',
        jwks_uri: 'https://tenant.test/.well-known/jwks.json',
        authorization_endpoint: 'https://tenant.test/authorize',
      });
    }
  });

  it('has one authority when two servers start at the same time in a new home', async () => {
    const home = newHome();
    const domain = ['--domain', 'tenant.test'];
    const servers = await Promise.all([serve(home, domain, secured), serve(home, domain, secured)]);
    expect(readdirSync(tlsFolder(home)).sort()).toEqual(['ca-key.pem', 'ca.pem', 'server.pem']);
    for (const { port } of servers) {
      const answer = await fetchedByNode(`https://localhost:${port}/health`, join(tlsFolder(home), 'ca.pem'));
      expect(JSON.parse(answer ?? '')).toMatchObject({ status: 'ok' });
    }
    for (const { stop } of servers) {
      expect((await stop()).stderr).not.toContain('set-aside');
    }
  });

  it('uses the port of its domain', async () => {
    const port = await freePort();
    const { url } = await serve(newHome(), ['--domain', `tenant.test:${port}`], ['--json']);
    expect(url).toBe(`https://localhost:${port}`);
  });

  it('presents the same certificate after a restart, and another one for another domain', async () => {
    const home = newHome();
    const certificate = async (domain: string) => {
      const { stop } = await serve(home, ['--domain', domain], secured);
      await stop();
      return new X509Certificate(readFileSync(join(tlsFolder(home), 'server.pem')));
    };
    const first = await certificate('one.test');
    expect((await certificate('one.test')).fingerprint256).toBe(first.fingerprint256);
    const second = await certificate('two.test');
    expect(second.fingerprint256).not.toBe(first.fingerprint256);
    expect([second.checkHost('one.test'), second.checkHost('two.test')]).toEqual(['one.test', 'two.test']);
  });
});

describe('local start without HTTPS', () => {
  it('makes no certificates, and discovery names the address of the request', async () => {
    const home = newHome();
    const { url, port } = await serve(home);
    expect(url).toBe(`http://localhost:${port}`);
    expect(readdirSync(join(home, '.local', 'share', 'anon-cli'))).not.toContain('tls');
    const found = await (await fetch(`http://127.0.0.1:${port}/.well-known/openid-configuration`)).json();
    expect(found).toMatchObject({
      issuer: `https://localhost:${port}/`,
      token_endpoint: `http://127.0.0.1:${port}/oauth/token`,
    });
  });
});

describe('without permission', () => {
  it('to write certificates, local start fails at the start and shows the other ways', async () => {
    const home = newHome();
    const data = join(home, '.local', 'share', 'anon-cli');
    mkdirSync(join(data, 'tls'), { recursive: true });
    for (const path of [home, join(home, '.local'), join(home, '.local', 'share'), data, join(data, 'tls')]) {
      if (nobody !== undefined) chownSync(path, nobody, nobody);
    }
    chmodSync(data, 0o700);
    chmodSync(join(data, 'tls'), 0o500);
    const { code, stdout, stderr } = await run(home, ['local', 'start', '--port', '0'], { uid: nobody });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.replaceAll(/\s+/g, ' ')).toBe(
      `error: ${join(data, 'tls', 'ca-key.pem')} cannot be written: permission denied. ` +
        'hint: Serve plain HTTP (anon-cli local start --http), or bring a certificate of your own: --cert <file> --key <file> ',
    );
  });

  it('to read its key, local start fails at the start', async () => {
    const home = newHome();
    if (nobody !== undefined) chownSync(home, nobody, nobody);
    expect((await run(home, ['local', 'ca'], { uid: nobody })).code).toBe(0);
    const path = join(tlsFolder(home), 'ca-key.pem');
    chmodSync(path, 0);
    const { code, stderr } = await run(home, ['local', 'start', '--port', '0'], { uid: nobody });
    expect([code, stderr.split('\n')[0]]).toEqual([1, `error: ${path} cannot be read: permission denied.`]);
  });
});
