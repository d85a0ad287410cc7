import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import certificates from '../fixtures/tls.json' with { type: 'json' };
import { authorityFile } from '../support/authority-file.ts';
import { newHome, run, runShell, start } from '../support/bin.ts';
import { busy, fine, limited, reset, tenant } from '../support/http-faults.ts';
import { answer, answering, answeringOverTls, proxying, served } from '../support/http-server.ts';

/** A home whose current profile is the tenant at `url`. */
async function homeAt(url: string): Promise<string> {
  const home = newHome();
  const domain = url.replace('https://', '');
  const login = ['login', 'acme', '--no-check', '--domain', domain, '--client-id', 'c', '--client-secret', '-'];
  expect(await run(home, login, { input: 'a-client-secret' })).toMatchObject({ code: 0 });
  return home;
}

const show = ['tenant', 'show', '--edition', 'preview'];

describe('the program', () => {
  it('waits when rate limited, and reports this once in a pipe and every step with --debug', async () => {
    const home = await homeAt(await answering(tenant([limited, busy, reset, fine])));
    const { code, stdout, stderr } = await run(home, [...show, '--debug']);
    expect({ code, name: /Acme/.test(stdout) }, stderr).toEqual({ code: 0, name: true });
    const lines = stderr
      .trimEnd()
      .replaceAll(/\d+ ms|\d\.\d s|\d s(?=: (?:answer|broken))/g, '…')
      .split('\n');
    expect(lines.map((line) => line.replace(/http:\S+|127\S+/, 'T'))).toEqual([
      'debug: POST /oauth/token 200 …',
      'debug: GET /api/v2/tenants/settings 429 …',
      'debug: waiting 1 s: rate limit',
      'waiting 1 s: rate limit',
      'debug: GET /api/v2/tenants/settings 503 …',
      'debug: waiting …: answer 503, retry 1 of 3',
      'debug: GET /api/v2/tenants/settings failed after …: The tenant T did not answer: the connection was closed.',
      'debug: waiting …: broken connection, retry 2 of 3',
      'debug: GET /api/v2/tenants/settings 200 …',
    ]);
    expect(stderr).not.toMatch(/a-client-secret|a-management-token/);
  });

  it('counts down a wait on a terminal, and erases it', async () => {
    const home = await homeAt(await answering(tenant([limited, fine])));
    const line = `TERM=xterm script -qec "anon-cli ${show.join(' ')}" /dev/null </dev/null`;
    const { stdout, code } = await runShell(home, line);
    expect(code).toBe(0);
    expect(stdout).toContain('\r\u001b[2Kwaiting 1 s: rate limit\r\u001b[2K');
    expect(stdout).toContain('Acme');
  });

  it('ends at once with 130 when it is interrupted while waiting', async () => {
    const long: RequestListener = (_, response) => answer(response, {}, 429, { 'retry-after': '59' });
    const child = start(await homeAt(await answering(tenant([long]))), show);
    child.stdin?.end();
    const exit = once(child, 'exit');
    for await (const text of child.stderr ?? []) {
      if (String(text).includes('waiting 59 s')) child.kill('SIGINT');
    }
    expect(await exit).toEqual([130, null]);
  });

  it.each([
    ['the tenant', ''],
    ['the proxy', 'HTTPS_PROXY'],
  ])('ends at once with 130 when it is interrupted while connecting to %s', async (_, variable) => {
    const server = createServer();
    const connected = once(server, 'connection');
    const port = await served(server);
    const home = await homeAt(variable ? 'https://acme.example' : `https://127.0.0.1:${port}`);
    const child = start(home, show, variable ? { env: { [variable]: `http://127.0.0.1:${port}` } } : {});
    child.stdin?.end();
    const exit = once(child, 'exit');
    await connected;
    const stoppedAt = performance.now();
    child.kill('SIGINT');
    expect(await exit).toEqual([130, null]);
    // Less than the five seconds after which a connection attempt is given up.
    expect(performance.now() - stoppedAt).toBeLessThan(4000);
  });

  it('does not wait for idle connections', async () => {
    const asked: string[] = [];
    const tls = await answeringOverTls(tenant([fine, fine, fine], asked));
    const plain = await answering(tenant([fine], asked));
    const proxy = await proxying();
    const authority = authorityFile();
    const home = await homeAt(tls);
    // An idle connection is closed after four seconds: waiting for it in each run would take longer in total.
    const startedAt = performance.now();
    for (const { code, stderr } of [
      await run(home, [...show, '--ca-file', authority]),
      await run(home, show, { env: { ANON_CA_FILE: authority } }),
      await run(home, show, { env: { ANON_CA_FILE: authority, HTTPS_PROXY: proxy.url } }),
      await run(await homeAt(plain), show),
    ]) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
    expect(performance.now() - startedAt).toBeLessThan(12_000);
    expect(asked).toHaveLength(4);
    expect(proxy.asked.length).toBeGreaterThan(0);
  });

  it('trusts the certificates in NODE_EXTRA_CA_CERTS, with and without --ca-file', async () => {
    const home = await homeAt(await answeringOverTls(tenant([fine, fine])));
    const env = { NODE_EXTRA_CA_CERTS: authorityFile() };
    expect(await run(home, show, { env })).toMatchObject({ code: 0 });
    const other = authorityFile(certificates.elsewhere);
    expect(await run(home, [...show, '--ca-file', other], { env })).toMatchObject({ code: 0 });
  });

  it('does not repeat a change when the response is lost, and reports that the outcome is unknown', async () => {
    const asked: string[] = [];
    const home = await homeAt(await answering(tenant([reset], asked)));
    const { code, stderr } = await run(home, ['app', 'create', 'shop', '--allow-duplicate', '--edition', 'preview']);
    expect(code, stderr).toBe(6);
    expect(stderr).toContain('The change may or may not have been made.');
    expect(stderr).toContain('anon-cli app list');
    expect(asked.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });
});
