import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { homeAfter, newHome, run } from '../support/bin.ts';
import { jsonOf, serve } from '../support/local-server.ts';
import { isRunning } from '../support/processes.ts';

interface Status {
  readonly running: boolean;
  readonly servers: readonly {
    readonly pid: number;
    readonly url: string;
    readonly port: number;
    readonly issuer: string;
    readonly detached: boolean;
    readonly state: string | null;
    readonly started_at: string;
  }[];
}

const statusOf = (home: string) => jsonOf<Status>(home, ['local', 'status']);
const logOf = (home: string) => join(home, '.local/share/anon-cli/servers/log');

/** A home with a tenant, whose servers the end of the test stops. */
async function backgroundHome(): Promise<string> {
  const home = await homeAfter(['local', 'show']);
  onTestFinished(async () => {
    for (const { pid } of (await statusOf(home)).servers) process.kill(pid, 'SIGKILL');
  });
  return home;
}

async function detached(home: string, ...options: string[]) {
  const { stdout, stderr, code } = await run(home, ['local', 'start', '--detach', '--port', '0', '--json', ...options]);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return JSON.parse(stdout);
}

describe('local start --detach', () => {
  it('returns once the server listens, which local status shows and local stop ends', async () => {
    const home = await backgroundHome();
    const { url, issuer, client_id, curl } = await detached(home, '--http');
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' });
    expect(curl).toContain(client_id);
    const { running, servers } = await statusOf(home);
    expect(running).toBe(true);
    const state = join(home, '.local/share/anon-cli/local-tenant.db');
    expect(servers).toEqual([expect.objectContaining({ url, issuer, state, detached: true })]);
    expect(Math.abs(Date.now() - Date.parse(servers[0]?.started_at ?? ''))).toBeLessThan(60_000);
    const pid = servers[0]?.pid ?? 0;
    expect(isRunning(pid)).toBe(true);
    expect(await run(home, ['local', 'stop'])).toMatchObject({
      ...{ code: 0, stderr: '', stdout: `✔ Stopped ${url} (process ${pid})\n` },
    });
    await expect.poll(() => isRunning(pid)).toBe(false);
    await expect(fetch(url)).rejects.toThrow();
    expect(await statusOf(home)).toEqual({ running: false, servers: [] });
    expect(readdirSync(join(home, '.local/share/anon-cli/servers'))).toEqual(['log']);
  });

  it('writes what a terminal would show to a log for this user alone', async () => {
    const home = await backgroundHome();
    const { url, client_id } = await detached(home, '--http');
    const body = new URLSearchParams({ client_id, audience: 'https://api.shop.example' });
    await fetch(`${url}/anonymous/token`, { method: 'POST', body });
    await run(home, ['local', 'stop']);
    expect(readFileSync(logOf(home), 'utf8')).toMatch(
      /^POST\s+\/anonymous\/token\s+403\s+web.*anon-cli app enable web\n/,
    );
    expect(statSync(logOf(home)).mode & 0o777).toBe(0o600);
  });

  it('reports why no server could start', async () => {
    const home = await backgroundHome();
    const { port } = await detached(home, '--http');
    const args = ['local', 'start', '--detach', '--port', `${port}`, '--http'];
    const expected = `Port ${port} is in use.`;
    expect(await run(home, args)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`error: ${expected}`),
    });
    const { error } = JSON.parse((await run(home, [...args, '--json'])).stderr);
    expect(error).toMatchObject({ code: 'failed', message: expected, exit_code: 1 });
    expect(error.hint).toContain(`To stop it: anon-cli local stop --port ${port}`);
    expect((await statusOf(home)).servers).toHaveLength(1);
  });

  it('warns of a domain that leads nowhere', async () => {
    const home = await backgroundHome();
    const args = ['local', 'start', '--detach', '--port', '0', '--domain', 'no-such-host.invalid'];
    expect((await run(home, args)).stderr).toContain('add this line to the hosts file: 127.0.0.1 no-such-host.invalid');
  });

  it('warns of what it exposes', async () => {
    const home = await backgroundHome();
    const { code, stderr } = await run(home, [
      'local',
      'start',
      '--detach',
      '--http',
      '--port',
      '0',
      '--host',
      '0.0.0.0',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('is open to the network') });
  });

  it('keeps a state in memory with --ephemeral, and local stop ends it', async () => {
    const home = await backgroundHome();
    const before = readFileSync(join(home, '.local/share/anon-cli/local-tenant.db'));
    const { url, client_id, ephemeral } = await detached(home, '--http', '--ephemeral');
    expect(ephemeral).toBe(true);
    expect((await jsonOf<{ client_id: string }>(home, ['local', 'env'])).client_id).not.toBe(client_id);
    expect((await statusOf(home)).servers).toEqual([expect.objectContaining({ url, state: null, database: null })]);
    await run(home, ['local', 'stop']);
    expect(await statusOf(home)).toEqual({ running: false, servers: [] });
    expect(readFileSync(join(home, '.local/share/anon-cli/local-tenant.db'))).toEqual(before);
  });

  it('is not shown any more once it was killed', async () => {
    const home = await backgroundHome();
    const { url } = await detached(home, '--http');
    const [server] = (await statusOf(home)).servers;
    process.kill(server?.pid ?? 0, 'SIGKILL');
    await expect.poll(() => statusOf(home)).toEqual({ running: false, servers: [] });
    await expect(fetch(url)).rejects.toThrow();
    expect(await run(home, ['local', 'stop'])).toMatchObject({ code: 0, stdout: 'No server to stop.\n' });
  });

  it('refuses a data folder that cannot be written', async () => {
    const home = newHome();
    mkdirSync(join(home, '.local/share/anon-cli/servers/log'), { recursive: true });
    const { code, stderr } = await run(home, ['local', 'start', '--detach', '--http', '--port', '0']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('servers/log cannot be written: it is a folder'),
    });
  });
});

describe('local stop', () => {
  it('leaves a server in the foreground alone, unless its port or --all is given', async () => {
    const home = await backgroundHome();
    const { url, port, pid, issuer } = await serve(home);
    await expect.poll(async () => (await statusOf(home)).servers).toHaveLength(1);
    const other = await detached(home, '--http', '--port', '0', '--domain', new URL(issuer).host);
    expect((await statusOf(home)).servers.map((server) => server.detached)).toEqual([false, true]);
    const { stdout } = await run(home, ['local', 'stop']);
    expect(stdout).toMatch(
      new RegExp(
        `^✔ Stopped ${other.url} \\(process \\d+\\)\n${url} still runs in the foreground \\(process ${pid}\\)\\. ` +
          `To stop it: anon-cli local stop --port ${port}\n$`,
      ),
    );
    expect((await fetch(`${url}/health`)).status).toBe(200);
    const stopped = await jsonOf<{ stopped: unknown[] }>(home, ['local', 'stop', '--port', `${port}`]);
    expect(stopped).toMatchObject({ stopped: [{ pid, port }], left: [] });
    await expect(fetch(url)).rejects.toThrow();
    expect(await run(home, ['local', 'stop', '--all'])).toMatchObject({ code: 0, stdout: 'No server to stop.\n' });
  });
});

it.skipIf(process.platform !== 'linux')('a server in the background has a session of its own', async () => {
  const home = await backgroundHome();
  await detached(home, '--http');
  const [server] = (await statusOf(home)).servers;
  // Signals of a terminal reach its own session only.
  const [, session] = /\) \S \d+ \d+ (\d+) /.exec(readFileSync(`/proc/${server?.pid}/stat`, 'utf8')) ?? [];
  expect(Number(session)).toBe(server?.pid);
});
