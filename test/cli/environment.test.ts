import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  changeDocument,
  freshMachine,
  type Machine,
  openMachine,
  type ServedTenant,
  servedAnswer,
  servedTenant,
  useRemote,
} from '../support/command.ts';

async function withTenant(): Promise<{ machine: Machine; tenant: ServedTenant }> {
  const machine = await freshMachine();
  return { machine, tenant: await servedTenant(machine.clock) };
}

function nameInEnvironment(machine: Machine, tenant: ServedTenant): void {
  machine.env.AUTH0_DOMAIN = tenant.url;
  machine.env.AUTH0_CLIENT_ID = tenant.credentials.clientId;
  machine.env.AUTH0_CLIENT_SECRET = tenant.credentials.clientSecret;
}

const issuer = async (machine: Machine, ...options: string[]) =>
  (await machine.done('tenant', 'show', '--field', 'issuer', ...options)).stdout.trim();

describe('the tenant of a command', () => {
  it('is that of --profile, else ANON_PROFILE, else AUTH0_DOMAIN, else the current one', async () => {
    const { machine, tenant } = await withTenant();
    const other = await servedTenant(machine.clock);
    await useRemote(machine, other);
    expect(await issuer(machine)).toBe(other.issuer);
    nameInEnvironment(machine, tenant);
    expect(await issuer(machine)).toBe(tenant.issuer);
    machine.env.ANON_PROFILE = 'remote';
    expect(await issuer(machine)).toBe(other.issuer);
    expect(await issuer(machine, '--profile', 'local')).toBe('https://localhost:4400/');
  });

  it('that AUTH0_DOMAIN names needs no profile, and nothing is written for it', async () => {
    const { machine, tenant } = await withTenant();
    nameInEnvironment(machine, tenant);
    await machine.done('app', 'list');
    expect(existsSync(machine.profilesPath)).toBe(false);
    expect(existsSync(join(machine.folder, 'data', 'credentials'))).toBe(false);
    expect(tenant.requests.map(({ path }) => path.split('?')[0])).toEqual([
      '/oauth/token',
      '/api/v2/tenants/settings',
      '/api/v2/clients',
    ]);
  });

  it('that AUTH0_DOMAIN names has a session to remember, apart from those of profiles', async () => {
    const { machine, tenant } = await withTenant();
    nameInEnvironment(machine, tenant);
    const name = new URL(tenant.url).host.replace(':', '-');
    await machine.done('login', name, '--domain', 'other.example', '--no-check');
    await machine.open();
    await machine.done('token', 'create');
    await machine.done('token', 'update', '--meta', 'language=en');
    const files = readdirSync(join(machine.folder, 'data', 'credentials'));
    expect(files).toEqual([`session~${name}-2~default.json`]);
  });

  it('that AUTH0_DOMAIN names is that of the profile which has this domain', async () => {
    const { machine, tenant } = await withTenant();
    await useRemote(machine, tenant);
    await machine.done('profile', 'set', 'app', 'web');
    await machine.done('profile', 'use', 'local');
    machine.env.AUTH0_DOMAIN = `${tenant.url}/`;
    expect((await machine.done('profile', 'show', '--json')).json).toMatchObject({
      name: 'remote',
      app: { name: 'web' },
    });
    expect(await issuer(machine)).toBe(tenant.issuer);
  });

  it('is not guessed when AUTH0_DOMAIN is none', async () => {
    const machine = await freshMachine();
    machine.env.AUTH0_DOMAIN = 'not a host';
    expect(await machine.run('tenant', 'show')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("error: AUTH0_DOMAIN names no tenant: 'not a host' is not a tenant domain"),
    });
    expect(await issuer(machine, '--profile', 'local')).toBe('https://localhost:4400/');
  });

  it('of the quickstart is the embedded one all the same, and its hints say so', async () => {
    const { machine, tenant } = await withTenant();
    nameInEnvironment(machine, tenant);
    const { stdout } = await machine.done('quickstart');
    expect(stdout).toContain('token create --profile local');
    expect(tenant.requests).toEqual([]);
  });

  it('without a profile has none to set', async () => {
    const { machine, tenant } = await withTenant();
    nameInEnvironment(machine, tenant);
    const name = new URL(tenant.url).host.replace(':', '-');
    expect(await machine.run('profile', 'set', 'app', 'web')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`anon-cli login ${name}`),
    });
    // And that is what makes it one.
    expect((await machine.done('login', name, '--json')).json).toMatchObject({ name, checked: true });
    await machine.done('profile', 'set', 'app', 'web');
  });
});

describe('credentials in the environment', () => {
  it("win over the profile's own", async () => {
    const { machine, tenant } = await withTenant();
    machine.terminal.stdin = 'a-secret-that-is-wrong';
    await machine.done(
      ...['login', 'acme', '--no-check', '--domain', tenant.url],
      ...['--client-id', tenant.credentials.clientId, '--client-secret', '-'],
    );
    machine.terminal.stdin = undefined;
    expect(await machine.run('app', 'list')).toMatchObject({ code: 4 });
    nameInEnvironment(machine, tenant);
    await machine.done('app', 'list', '--profile', 'acme');
    expect((await machine.done('profile', 'show', '--json')).json).toMatchObject({
      credentials_from_environment: true,
    });
  });

  it('go to no tenant but the one that AUTH0_DOMAIN names', async () => {
    const { machine, tenant } = await withTenant();
    const other = await servedTenant(machine.clock);
    await machine.done('login', 'other', '--no-check', '--domain', other.url);
    nameInEnvironment(machine, tenant);
    machine.env.AUTH0_ACCESS_TOKEN = 'a-token-of-the-environment';
    expect(await machine.run('app', 'list', '--profile', 'other')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("Profile 'other' has no Management API credentials."),
    });
    expect(await machine.run('login', 'new', '--domain', other.url)).toMatchObject({ code: 2 });
    delete machine.env.AUTH0_DOMAIN;
    expect(await machine.run('app', 'list', '--profile', 'other')).toMatchObject({ code: 4 });
    expect(other.requests).toEqual([]);
  });

  it('may be a token, which wins, and is refused with its own advice', async () => {
    const { machine, tenant } = await withTenant();
    nameInEnvironment(machine, tenant);
    machine.env.AUTH0_ACCESS_TOKEN = 'a-token-of-the-environment';
    expect(await machine.run('app', 'list', '--edition', 'preview')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('hint:  Give a new one in AUTH0_ACCESS_TOKEN.\n'),
    });
  });

  it('may be a private key in a file', async () => {
    const machine = await freshMachine();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kinds: string[] = [];
    const { url } = await servedAnswer(async (request) => {
      if (!request.url.endsWith('/oauth/token'))
        return Response.json({ friendly_name: 'Acme', anonymous_session_lifetime: 0 });
      const { client_assertion } = (await request.json()) as { client_assertion: string };
      kinds.push(JSON.parse(Buffer.from(client_assertion.split('.')[0] ?? '', 'base64url').toString()).alg);
      return Response.json({ access_token: 'opaque', expires_in: 86_400, token_type: 'Bearer' });
    });
    machine.env.AUTH0_DOMAIN = url;
    machine.env.AUTH0_CLIENT_ID = 'tool';
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    machine.env.AUTH0_CLIENT_SIGNING_KEY_PATH = machine.file('key.pem', pem);
    // What other tools take it for.
    expect(await machine.run('tenant', 'show')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is no RSA key, which RS256 needs.'),
    });
    machine.env.AUTH0_CLIENT_SIGNING_ALGORITHM = 'ES256';
    await machine.done('tenant', 'show');
    expect(kinds).toEqual(['ES256']);
    machine.env.AUTH0_CLIENT_SIGNING_ALGORITHM = 'none';
    expect(await machine.run('tenant', 'show')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('AUTH0_CLIENT_SIGNING_ALGORITHM is no algorithm'),
    });
  });

  it('by halves are an error that names the other half', async () => {
    const { machine, tenant } = await withTenant();
    nameInEnvironment(machine, tenant);
    delete machine.env.AUTH0_CLIENT_ID;
    expect(await machine.run('app', 'list')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('AUTH0_CLIENT_SECRET is set, and AUTH0_CLIENT_ID is not.'),
    });
  });

  it('are what login proves and keeps', async () => {
    const { machine, tenant } = await withTenant();
    nameInEnvironment(machine, tenant);
    const { json } = await machine.done('login', 'acme', '--json');
    expect(json).toMatchObject({ domain: tenant.url, credentials: 'client_secret', checked: true });
    for (const name of ['AUTH0_DOMAIN', 'AUTH0_CLIENT_ID', 'AUTH0_CLIENT_SECRET']) delete machine.env[name];
    await machine.done('app', 'list');
    expect(readFileSync(machine.profilesPath, 'utf8')).not.toContain(tenant.credentials.clientSecret);
  });
});

describe('what commands use', () => {
  it('is what ANON_APP and ANON_API name, below options and above the profile', async () => {
    const machine = await openMachine();
    await machine.done('app', 'create', 'kiosk', '--enable');
    changeDocument(machine.store, 'client', 'kiosk', { can_create_anonymous_sessions: true });
    await machine.done('profile', 'set', 'app', 'web');
    machine.env.ANON_APP = 'kiosk';
    machine.env.ANON_API = 'https://api.shop.example';
    const app = async (...options: string[]) =>
      (await machine.done('token', 'create', '--field', 'app.name', ...options)).stdout.trim();
    expect(await app()).toBe('kiosk');
    expect(await app('--app', 'web')).toBe('web');
    // A session that is remembered is its application's, whatever the environment says.
    await machine.done('token', 'update', '--meta', 'language=en');
  });

  it('is the edition that ANON_EDITION names, below --edition', async () => {
    const machine = await freshMachine();
    machine.env.ANON_EDITION = 'beta';
    expect(await machine.run('tenant', 'show')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("There is no edition 'beta'."),
    });
    await machine.done('tenant', 'show', '--edition', 'preview');
  });
});
