import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshMachine, type Machine, openMachine } from '../../../support/command.ts';

interface Served {
  readonly url: string;
  readonly issuer: string;
  readonly client_id: string;
  readonly control_url: string;
  readonly control_token: string;
  end(): Promise<void>;
}

/** A tenant in the memory of another process, as far as commands can see. */
async function servedTenantInMemory(...options: string[]): Promise<Served> {
  const server = await freshMachine({ seeded: false });
  const serving = server.run('local', 'start', '--ephemeral', '--json', '--http', '--port', '0', ...options);
  const end = async () => {
    server.interrupt();
    await serving;
  };
  onTestFinished(end);
  const printed = await Promise.race([server.printed('}'), serving.then(({ stderr }) => Promise.reject(stderr))]);
  return { ...JSON.parse(printed), end };
}

/** A machine with a saved tenant and a session, whose commands are inside a `local exec`. */
async function machineInside(served: Served): Promise<Machine> {
  const machine = await openMachine();
  await machine.done('token', 'create');
  await machine.done('profile', 'set', 'app', 'web');
  Object.assign(machine.env, variablesOf(served));
  return machine;
}

function variablesOf({ control_url: url, control_token: token }: Served): Record<string, string> {
  return { ANON_DATABASE_URL: `${url}/state`, ANON_CONTROL_URL: url, ANON_CONTROL_TOKEN: token };
}

/** Every file on the machine with a hash of its content, without the empty files of locks. */
function contentOf({ folder }: Machine): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true });
  const files = paths.filter((entry) => entry.isFile() && !entry.name.endsWith('.lock'));
  const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
  return Object.fromEntries(files.map(({ parentPath, name }) => [name, hashOf(join(parentPath, name))]));
}

const oldVariables =
  'Variables from local exec, such as AUTH0_CLIENT_ID and AUTH0_ACCESS_TOKEN, still belong to the previous tenant. New ones for ' +
  'an app: anon-cli local env. Commands of anon-cli reach the new tenant with --profile local.';

const codeOfAction = 'exports.onExecutePostLogin = async () => {};';

describe('commands about the local tenant, inside local exec,', () => {
  it('are about its tenant, and leave the saved one as it is', async () => {
    const served = await servedTenantInMemory();
    const machine = await machineInside(served);
    const file = machine.file('merge.js', codeOfAction);
    const before = contentOf(machine);
    const json = async (...argv: string[]) => (await machine.done(...argv, '--json')).json;

    expect(await json('local', 'show')).toMatchObject({
      issuer: served.issuer,
      database: `${served.control_url}/state`,
    });
    await machine.done('local', 'clock', '+31d');
    const headers = { authorization: `Bearer ${served.control_token}` };
    const clock = await (await fetch(`${served.control_url}/clock`, { headers })).json();
    expect(clock).toMatchObject({ offset_seconds: 31 * 86_400 });

    await machine.done('local', 'fault', 'add', '--route', '/anonymous/token', '--status', '503');
    const guest = async () => {
      const body = JSON.stringify({ client_id: served.client_id, audience: 'https://api.shop.example' });
      const type = { 'content-type': 'application/json' };
      return (await fetch(`${served.url}/anonymous/token`, { method: 'POST', headers: type, body })).status;
    };
    expect(await guest()).toBe(503);
    await machine.done('local', 'fault', 'clear');
    await machine.done('app', 'enable', 'web', '--profile', 'local');
    await machine.done('api', 'enable', 'shop', '--scopes', 'read:catalog', '--profile', 'local');
    expect(await guest()).toBe(200);
    expect((await json('local', 'logs')).map(({ status }: { status: number }) => status)).toEqual([503, 200]);

    await machine.done('local', 'user', 'add', 'jane@example.com');
    expect(await json('local', 'user', 'list')).toMatchObject([{ email: 'jane@example.com' }]);
    await machine.done('local', 'action', 'add', 'post-login', file);
    expect(await json('local', 'action', 'list')).toMatchObject([{ name: 'merge' }]);
    expect(contentOf(machine)).toEqual(before);
  });

  it('export it, replace it by an import, and reset it', async () => {
    const served = await servedTenantInMemory('--edition', 'ea');
    const machine = await machineInside(served);
    const before = contentOf(machine);
    await machine.done('app', 'create', 'mobile', '--profile', 'local');
    const { stdout: exported } = await machine.done('local', 'export', '--output', '-');
    expect(JSON.parse(exported)).toMatchObject({ edition: 'ea', issuer: served.issuer });
    const { stderr } = await machine.done('local', 'reset', '--yes');
    expect(stderr.replaceAll(/\s+/g, ' ')).toBe(`warning: ${oldVariables} `);
    const apps = async () => (await machine.done('app', 'list', '--profile', 'local', '--json')).json.length;
    expect(await apps()).toBe(1);
    machine.terminal.stdin = exported;
    expect((await machine.done('local', 'import', '-', '--yes')).stderr).toMatch(/Variables from local exec/);
    expect(await apps()).toBe(2);
    machine.terminal.stdin = exported;
    expect((await machine.done('local', 'import', '-', '--yes')).stderr).toBe('');
    expect(contentOf(machine)).toEqual(before);
  });

  it('do not warn of its variables where a reset with the same seed leaves them right', async () => {
    const machine = await machineInside(await servedTenantInMemory('--seed-random', '7'));
    const reset = async (seed: string) =>
      (await machine.done('local', 'reset', '--yes', '--seed-random', seed)).stderr.replaceAll(/\s+/g, ' ');
    expect(await reset('7')).not.toContain('Variables from local exec');
    expect(await reset('8')).toContain(oldVariables);
  });

  it('have room for an import that is larger than a request to the tenant may be', async () => {
    const machine = await machineInside(await servedTenantInMemory());
    const { stdout } = await machine.done('local', 'export', '--output', '-');
    const exported = JSON.parse(stdout);
    const user = (index: number) => ({
      user_id: `auth0|${index}`,
      email: `u${index}@example.com`,
      nickname: 'x'.repeat(2000),
    });
    const users = Array.from({ length: 1000 }, (_, index) => ({ id: `auth0|${index}`, document: user(index) }));
    machine.terminal.stdin = JSON.stringify({ ...exported, documents: { ...exported.documents, user: users } });
    await machine.done('local', 'import', '-', '--yes');
    expect((await machine.done('local', 'user', 'list', '--json')).json).toHaveLength(1000);
  });

  it('print the variables of its tenant', async () => {
    const served = await servedTenantInMemory();
    const { stdout } = await (await machineInside(served)).done('local', 'env');
    expect(parseEnv(stdout)).toEqual({
      ...{ AUTH0_DOMAIN: served.url, AUTH0_ISSUER_BASE_URL: served.url, AUTH0_ISSUER: served.issuer },
      ...{ AUTH0_JWKS_URI: `${served.url}/.well-known/jwks.json`, AUTH0_CLIENT_ID: served.client_id },
      ...{ AUTH0_AUDIENCE: 'https://api.shop.example' },
      ...{ ANON_CONTROL_URL: served.control_url, ANON_CONTROL_TOKEN: served.control_token },
    });
  });

  it.each([
    [['local', 'start', '--port', '0'], 'The local tenant is served already, at http://localhost:'],
    [['local', 'use-database', 'sqlite'], 'The local tenant in use is in the memory of another process'],
    [['local', 'snapshot', 'save', 'before'], 'is in memory and has no snapshots.'],
  ])('refuse where they could only change the saved one: %j', async (argv, message) => {
    const machine = await machineInside(await servedTenantInMemory());
    const before = contentOf(machine);
    expect((await machine.run(...argv, '--json')).jsonError).toMatchObject({
      ...{
        code: 'usage',
        message: expect.stringContaining(message),
        hint: expect.stringContaining('ANON_DATABASE_URL'),
      },
    });
    expect(contentOf(machine)).toEqual(before);
  });

  it('fail once it has ended, or where another tenant has its port', async () => {
    const [served, other] = [await servedTenantInMemory(), await servedTenantInMemory()];
    const machine = await machineInside(served);
    const before = contentOf(machine);
    machine.env.ANON_CONTROL_TOKEN = other.control_token;
    expect((await machine.run('local', 'clock', '+1d', '--json')).jsonError).toMatchObject({ code: 'not_authorised' });
    machine.env.ANON_CONTROL_TOKEN = served.control_token;
    await served.end();
    for (const argv of [
      ['local', 'clock', '+1d'],
      ['local', 'user', 'list'],
      ['app', 'list', '--profile', 'local'],
    ]) {
      const { code, jsonError } = await machine.run(...argv, '--json');
      expect([argv, code, jsonError]).toEqual([
        argv,
        6,
        expect.objectContaining({
          message: expect.stringMatching(/^The local tenant at http:\S+ cannot be reached: /),
          hint: expect.stringContaining('unset ANON_DATABASE_URL'),
        }),
      ]);
    }
    expect(contentOf(machine)).toEqual(before);
  });

  it.each([
    ['http://acme.example/_anon/state', 'ANON_DATABASE_URL is not the address of a local tenant.'],
    ['https://localhost:4400/_anon/state', 'ANON_DATABASE_URL is not the address of a local tenant.'],
    ['http://jane@localhost:4400/_anon/state', 'ANON_DATABASE_URL is not the address of a local tenant.'],
    ['http://localhost:4400/_anon/clock', 'ANON_DATABASE_URL is not the address of a local tenant.'],
    ['http://localhost:4400/_anon/state', 'ANON_DATABASE_URL names a local tenant, and ANON_CONTROL_TOKEN is not set.'],
  ])('send the token to no other place than %s', async (address, message) => {
    const machine = await freshMachine();
    machine.env.ANON_DATABASE_URL = address;
    if (!message.includes('TOKEN')) machine.env.ANON_CONTROL_TOKEN = 'token';
    expect((await machine.run('local', 'clock', '--json')).jsonError).toMatchObject({ code: 'usage', message });
  });
});

describe('the state of a served tenant', () => {
  const post = async (url: string, token: string, body: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/state`, { method: 'POST', headers, body: JSON.stringify(body) });
    return [response.status, await response.json()];
  };

  it('answers calls of its version alone, about kinds of documents that it has', async () => {
    const { control_url: url, control_token: token } = await servedTenantInMemory();
    const calls = [
      [{ version: 1, call: 'count', kind: 'client' }, 200, { result: 2 }],
      [{ version: 2, call: 'count', kind: 'client' }, 400, { error: 'unsupported_version' }],
      [{ version: 1, call: 'count', kind: '__proto__' }, 400, { error: 'invalid_request' }],
      [{ version: 1, call: 'drop', kind: 'client' }, 400, { error: 'invalid_request' }],
      [{ version: 1, call: 'get', kind: 'client' }, 400, { error: 'invalid_request' }],
    ] as const;
    for (const [call, status, answer] of calls) {
      expect(await post(url, token, call)).toEqual([status, expect.objectContaining(answer)]);
    }
  });

  it.each([
    [['--open-control'], 404],
    [[], 401],
  ])('is for nobody without a token: %j', async (options, status) => {
    const { control_url: url } = await servedTenantInMemory(...options);
    expect(await post(url, '', { version: 1, call: 'count', kind: 'client' })).toEqual([status, expect.anything()]);
  });

  it('is not that of a saved tenant', async () => {
    const server = await freshMachine();
    const serving = server.run('local', 'start', '--json', '--http', '--port', '0');
    const { control_url: url, control_token: token } = JSON.parse(await server.printed('}'));
    expect(await post(url, token, { version: 1, call: 'count', kind: 'client' })).toEqual([404, expect.anything()]);
    server.interrupt();
    await serving;
  });
});
