import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshMachine, type Machine, openMachine, type ServedTenant, servedTenant } from '../support/command.ts';
import { type TestKeyring, testKeyring } from '../support/keyring.ts';

async function machineWithKeyring(
  limitMs?: number,
): Promise<{ machine: Machine; keyring: TestKeyring; tenant: ServedTenant }> {
  const machine = await freshMachine();
  const keyring = testKeyring(limitMs);
  delete machine.env.ANON_KEYRING;
  machine.keyring.options = keyring.options;
  return { machine, keyring, tenant: await servedTenant(machine.clock) };
}

async function login(machine: Machine, tenant: ServedTenant, ...options: string[]) {
  const { clientId, clientSecret } = tenant.credentials;
  machine.keepSecret(clientSecret);
  machine.terminal.stdin = clientSecret;
  const start = ['login', 'acme', '--domain', tenant.url, '--client-id', clientId, '--client-secret', '-'];
  const { stdout } = await machine.done(...start, ...options);
  machine.terminal.stdin = undefined;
  return stdout;
}

function filesOf(machine: Machine): string[] {
  const folder = join(machine.folder, 'data', 'credentials');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

describe('a keyring that answers', () => {
  it('holds all secrets of a profile, and no file does', async () => {
    const { machine, keyring, tenant } = await machineWithKeyring();
    expect(await login(machine, tenant)).toContain(
      "with its secret\n  kept         in the operating system's keyring\n",
    );
    await machine.open();
    await machine.done('token', 'create');
    await machine.done('token', 'update', '--meta', 'language=en');
    await machine.done('token', 'create', '--session', 'cart');
    const accounts = Object.keys(keyring.entries()).filter((account) => !account.includes('#'));
    expect(accounts.sort()).toEqual([
      'credentials/acme',
      'management-token/acme',
      'session/acme/cart',
      'session/acme/default',
    ]);
    expect(filesOf(machine)).toEqual([]);
    // The names are no secret: a keyring cannot be asked for them.
    expect((await machine.done('session', 'list', '--json')).json).toMatchObject([
      { name: 'cart', current: true },
      { name: 'default', current: false, metadata: { language: 'en' } },
    ]);
    expect(readFileSync(machine.profilesPath, 'utf8')).not.toContain(tenant.credentials.clientSecret);
    const { json } = await machine.done('profile', 'show', '--json');
    expect(json).toMatchObject({ secrets: 'keyring', access_token_expires_in: 86_400 });
    expect(tenant.requests.filter(({ path }) => path === '/oauth/token')).toHaveLength(1);
  });

  it('keeps nothing of a removed profile', async () => {
    const { machine, keyring, tenant } = await machineWithKeyring();
    await login(machine, tenant);
    await machine.open();
    await machine.done('token', 'create');
    await machine.done('profile', 'remove', 'acme', '--yes');
    expect(keyring.entries()).toEqual({});
  });

  it('takes over secrets from files, including the session', async () => {
    const { machine, keyring, tenant } = await machineWithKeyring();
    machine.env.ANON_KEYRING = 'off';
    await login(machine, tenant);
    await machine.open();
    await machine.done('token', 'create', '--meta', 'language=en');
    expect(filesOf(machine)).toEqual([
      'credentials~acme.json',
      'management-token~acme.json',
      'session~acme~default.json',
    ]);
    delete machine.env.ANON_KEYRING;
    await login(machine, tenant);
    expect(filesOf(machine)).toEqual([]);
    expect(Object.keys(keyring.entries())).toEqual(
      expect.arrayContaining(['credentials/acme', 'session/acme/default']),
    );
    await machine.done('token', 'update', '--meta', 'country=US');
  });

  it('is not used for the embedded tenant, or for one from the environment only', async () => {
    const machine = await openMachine();
    const keyring = testKeyring();
    delete machine.env.ANON_KEYRING;
    machine.keyring.options = keyring.options;
    await machine.done('token', 'create');
    const tenant = await servedTenant(machine.clock);
    machine.env.AUTH0_DOMAIN = tenant.url;
    machine.env.AUTH0_CLIENT_ID = tenant.credentials.clientId;
    machine.env.AUTH0_CLIENT_SECRET = tenant.credentials.clientSecret;
    await machine.open();
    await machine.done('token', 'create');
    expect(keyring.asked()).toBe(0);
    expect(filesOf(machine)).toHaveLength(2);
  });
});

describe('a keyring that does not answer', () => {
  it.each(['hanging', 'refusing'] as const)(
    'because it is %s leaves secrets to files, and the profile shows it',
    async (mood) => {
      const { machine, keyring, tenant } = await machineWithKeyring(mood === 'hanging' ? 400 : undefined);
      keyring.become(mood);
      expect(await login(machine, tenant)).toContain('in a file that only you can read\n');
      expect((await machine.done('profile', 'show', '--field', 'secrets')).stdout).toBe('file\n');
      keyring.become('answering');
      await machine.done('app', 'list');
      expect(keyring.entries()).toEqual({});
    },
  );

  it('is reported as the reason for missing credentials', async () => {
    const { machine, keyring, tenant } = await machineWithKeyring();
    await login(machine, tenant, '--no-check');
    keyring.become('refusing');
    expect(await machine.run('app', 'list')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("error: The keyring does not return the credentials of profile 'acme'.\n"),
    });
    machine.env.ANON_KEYRING = 'off';
    expect(await machine.run('app', 'list')).toMatchObject({ code: 4 });
  });

  it('can be disabled with one variable', async () => {
    const { machine, tenant } = await machineWithKeyring();
    machine.env.ANON_KEYRING = 'no';
    machine.terminal.stdin = tenant.credentials.clientSecret;
    const options = ['--domain', tenant.url, '--client-id', tenant.credentials.clientId, '--client-secret', '-'];
    expect(await machine.run('login', 'acme', '--no-check', ...options)).toMatchObject({
      code: 2,
      stderr: 'error: ANON_KEYRING must be on or off.\n',
    });
  });
});
