import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { changeDocument, documentNamed, freshMachine, openMachine } from '../../../support/command.ts';

const audience = 'https://api.shop.example';

describe('local env', () => {
  it('prints the values of the only application and API, before anything is enabled', async () => {
    const machine = await freshMachine();
    const { client_id } = await documentNamed(machine.store, 'client', 'web');
    const { stdout, stderr } = await machine.done('local', 'env');
    expect(parseEnv(stdout)).toEqual({
      AUTH0_DOMAIN: 'localhost:4400',
      AUTH0_ISSUER_BASE_URL: 'https://localhost:4400',
      AUTH0_ISSUER: 'https://localhost:4400/',
      AUTH0_JWKS_URI: 'https://localhost:4400/.well-known/jwks.json',
      AUTH0_CLIENT_ID: client_id,
      AUTH0_AUDIENCE: audience,
      NODE_EXTRA_CA_CERTS: (await machine.done('local', 'ca', '--json')).json.path,
    });
    expect(stderr).toBe('');
    expect((await machine.done('local', 'env', '--format', 'dotenv')).stdout).toBe(stdout);
    const lines = stdout.trimEnd().split('\n');
    expect((await machine.done('local', 'env', '--format', 'env')).stdout).toBe(
      lines.map((line) => `export ${line.replace('=', "='")}'\n`).join(''),
    );
  });

  it('asks for one of several applications, which may be disabled', async () => {
    const machine = await freshMachine();
    await machine.done('app', 'create', 'mobile');
    const { code, stderr } = await machine.run('local', 'env');
    expect([code, stderr]).toEqual([5, expect.stringContaining('hint:  Name one: --app <app>, or enable one:')]);
    expect((await machine.done('local', 'env', '--app', 'mobile')).stdout).toContain('AUTH0_CLIENT_ID=');
  });

  it('creates the tenant where there is none', async () => {
    const machine = await freshMachine({ seeded: false });
    expect((await machine.done('local', 'env', '--edition', 'ea', '--json')).json).toMatchObject({
      domain: 'localhost:4400',
      client_id: expect.stringMatching(/^\w{32}$/),
      audience,
    });
    expect((await machine.done('local', 'show', '--json')).json.edition).toBe('ea');
  });

  it('takes the application and the API from the options, the variables, or the profile', async () => {
    const machine = await openMachine();
    const mobile = (await machine.done('app', 'create', 'mobile', '--enable', '--json')).json;
    const orders = (await machine.done('api', 'create', 'orders', '--audience', 'https://orders.example', '--json'))
      .json;
    const ids = async (...options: string[]) => {
      const { client_id, audience: found } = (await machine.done('local', 'env', '--json', ...options)).json;
      return [client_id, found];
    };
    expect(await machine.run('local', 'env')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('No application given, and 2 are enabled'),
    });
    expect(await ids('--app', 'mobile', '--api', 'orders')).toEqual([mobile.client_id, orders.audience]);
    machine.env.ANON_APP = 'mobile';
    expect(await ids()).toEqual([mobile.client_id, audience]);
    delete machine.env.ANON_APP;
    await machine.done('profile', 'set', 'app', 'mobile');
    expect(await ids()).toEqual([mobile.client_id, audience]);
  });

  it.each([
    ['a line break', '\n::set-output name=a::b', 'its value has characters that a terminal or a log might act on'],
    ['quotes of both kinds', `"'`, 'programs that read .env files disagree on its value'],
  ])('leaves out an audience with %s, and says so', async (_, end, reason) => {
    const machine = await openMachine();
    const odd = `https://orders.example/${end}`;
    await changeDocument(machine.store, 'resource_server', 'shop', { identifier: odd });
    const { stdout, stderr } = await machine.done('local', 'env');
    expect(stdout.split('\n').map((line) => line.split('=')[0])).toEqual([
      ...['AUTH0_DOMAIN', 'AUTH0_ISSUER_BASE_URL', 'AUTH0_ISSUER', 'AUTH0_JWKS_URI', 'AUTH0_CLIENT_ID'],
      ...['NODE_EXTRA_CA_CERTS', ''],
    ]);
    expect(stderr).toContain(`warning: AUTH0_AUDIENCE is left out: ${reason}`);
    expect((await machine.done('local', 'env', '--json')).json.audience).toBe(odd);
  });

  it('is about the local tenant, whatever the environment names', async () => {
    const machine = await freshMachine();
    machine.env.AUTH0_DOMAIN = 'acme.example';
    expect((await machine.done('local', 'env', '--json')).json.domain).toBe('localhost:4400');
  });

  it('reveals the secret of a confidential application only on request', async () => {
    const machine = await freshMachine();
    await machine.done('app', 'create', 'server', '--type', 'regular_web');
    const { client_secret } = await documentNamed(machine.store, 'client', 'server');
    const hidden = await machine.done('local', 'env', '--app', 'server');
    expect(hidden.stdout).not.toContain('SECRET');
    expect(hidden.stderr).toBe(
      'warning: server is confidential, and its secret is left out. To include it: --reveal-secrets\n',
    );
    const revealed = await machine.done('local', 'env', '--app', 'server', '--reveal-secrets', '--format', 'dotenv');
    expect(parseEnv(revealed.stdout)).toMatchObject({ AUTH0_CLIENT_SECRET: client_secret });
    expect(revealed.stderr).toBe('');
  });
});
