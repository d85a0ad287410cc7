import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  profileListCommand,
  profileRemoveCommand,
  profileShowCommand,
  profileUseCommand,
} from '../../../src/cli/commands/profile/manage.ts';
import { profileSetCommand } from '../../../src/cli/commands/profile/set.ts';
import { documentNamed, freshMachine, openMachine, parsed, servedTenant, useRemote } from '../../support/command.ts';

const secret = 'the-secret-of-the-management-client';

describe('profile list', () => {
  it('shows the embedded tenant before anything is added', async () => {
    const { done } = await freshMachine({ seeded: false });
    const { stdout } = await done('profile', 'list');
    expect(stdout).toBe('*\tlocal\tbuilt into anon-cli\tpreview\t-\t-\n');
    expect((await done('profile', 'list', '--json')).json).toEqual([
      {
        name: 'local',
        current: true,
        in_use: true,
        domain: null,
        database: null,
        edition: 'preview',
        production: false,
        credentials: null,
        management_client_id: null,
        secrets: null,
        app: null,
        api: null,
      },
    ]);
  });

  it('marks the current one and shows what each uses', async () => {
    const { done, terminal } = await freshMachine();
    Object.assign(terminal, { interactive: true, columns: 100 });
    await done('profile', 'set', 'app', 'web');
    await done('login', 'acme', '--domain', 'acme.eu.auth0.com', '--no-check', '--production');
    const { stdout } = await done('profile', 'list');
    expect(stdout).toMatch(/^ {2,}local +built into anon-cli +preview +web +-$/m);
    expect(stdout).toMatch(/^\* +acme +acme\.eu\.auth0\.com production +not detected yet +- +-$/m);
  });
});

describe('profile use', () => {
  it('makes it the profile that commands use', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    expect((await machine.done('tenant', 'show', '--field', 'issuer')).stdout).toBe(`${tenant.issuer}\n`);
    expect((await machine.done('profile', 'use', 'local')).stdout).toBe('✔ Commands now use profile local\n');
    expect((await machine.done('tenant', 'show', '--field', 'issuer')).stdout).toBe('https://localhost:4400/\n');
  });

  it('is overridden by ANON_PROFILE, and that by --profile', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    machine.env.ANON_PROFILE = 'local';
    const issuer = async (...options: string[]) =>
      (await machine.done('tenant', 'show', '--field', 'issuer', ...options)).stdout;
    expect(await issuer()).toBe('https://localhost:4400/\n');
    expect(await issuer('--profile', 'remote')).toBe(`${tenant.issuer}\n`);
  });

  it.each([
    ['lokal', "hint:  Did you mean 'local'? To see all: anon-cli profile list\n"],
    ['acme', 'hint:  Run: anon-cli profile list\n'],
    ['__proto__', 'hint:  Run: anon-cli profile list\n'],
  ])('does not find profile %s', async (name, hint) => {
    const { run } = await freshMachine();
    const expected = { code: 1, stdout: '', stderr: `error: Profile '${name}' not found.\n${hint}` };
    expect(await run('profile', 'use', name)).toMatchObject(expected);
    expect(await run('tenant', 'show', '--profile', name)).toMatchObject(expected);
  });
});

describe('profile show', () => {
  it('shows that the embedded tenant needs no credentials', async () => {
    const { done } = await freshMachine();
    expect((await done('profile', 'show')).stdout).toBe(
      'local (current)\n' +
        '  tenant       built into anon-cli\n' +
        '  edition      preview\n' +
        '  application  not set\n' +
        '  API          not set\n' +
        '  credentials  built in\n',
    );
  });

  it('shows how it signs in, where the secret is and when its access token expires, but neither of them', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    await machine.done('profile', 'set', 'app', 'web');
    await machine.done('profile', 'set', 'production', 'on');
    machine.clock.forward(3600);
    const { stdout } = await machine.done('profile', 'show', 'remote');
    const { clientId } = tenant.credentials;
    expect(stdout).toContain(`  credentials       client ${clientId} (client secret)\n`);
    expect(stdout).toContain('  saved             in a file that only you can read\n');
    expect(stdout).toContain('  production        yes: commands ask before changes\n');
    expect(stdout).toContain('  management token  expires in 23 hours\n');
    expect((await machine.done('profile', 'show', '--json')).json).toEqual({
      name: 'remote',
      current: true,
      in_use: true,
      domain: tenant.url,
      database: null,
      edition: 'preview',
      production: true,
      credentials: 'client_secret',
      management_client_id: clientId,
      secrets: 'file',
      app: { client_id: expect.any(String), name: 'web' },
      api: null,
      credentials_from_environment: false,
      access_token_expires_in: 82_800,
    });
    machine.clock.forward(86_400);
    expect((await machine.done('profile', 'show')).stdout).toContain('  management token  expired\n');
  });

  it('does not find a profile that does not exist', async () => {
    const { run } = await freshMachine();
    expect(await run('profile', 'show', 'acme')).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('profile set', () => {
  it('marks a tenant as production, and removes the mark', async () => {
    const { done } = await freshMachine();
    await done('login', 'acme', '--domain', 'a.example', '--no-check');
    expect((await done('profile', 'set', 'production', 'on')).stdout).toBe(
      '✔ Profile acme is marked production: commands ask before changes\n',
    );
    expect((await done('profile', 'show', '--field', 'production')).stdout).toBe('true\n');
    await done('profile', 'set', 'production', 'off', '--yes');
    expect((await done('profile', 'show', '--field', 'production')).stdout).toBe('false\n');
  });

  it('sets the edition of a tenant, or detects it again', async () => {
    const { done, run } = await freshMachine();
    expect(await run('profile', 'set', 'edition', 'ea')).toMatchObject({ code: 2 });
    await done('login', 'acme', '--domain', 'a.example', '--no-check');
    expect((await done('profile', 'set', 'edition', 'ea')).stdout).toBe('✔ Profile acme uses edition ea\n');
    expect((await done('profile', 'show', '--field', 'edition')).stdout).toBe('ea\n');
    expect((await done('profile', 'set', 'edition', 'auto')).stdout).toContain("detects its tenant's edition");
    expect((await done('profile', 'show', '--field', 'edition')).stdout).toBe('null\n');
  });

  it('accepts a name, id or audience, and reports it', async () => {
    const { done, store } = await freshMachine();
    const { client_id } = await documentNamed(store, 'client', 'web');
    expect((await done('profile', 'set', 'app', String(client_id))).stdout).toBe(
      '✔ Profile local uses application web\n',
    );
    expect((await done('profile', 'set', 'api', 'https://api.shop.example', '--json')).json).toMatchObject({
      app: { client_id, name: 'web' },
      api: { audience: 'https://api.shop.example', name: 'shop' },
    });
  });

  it.each([
    [['application', 'web'], "Unknown profile setting 'application'.", 2],
    [['apo', 'web'], "Unknown profile setting 'apo'.", 2],
    [['app', 'wbe'], "Application 'wbe' not found.", 1],
    [['api', 'web'], "API 'web' not found.", 1],
    [['production', 'yes'], "Invalid value 'yes'.", 2],
  ])('refuses %j', async (args, message, code) => {
    const { run } = await freshMachine();
    expect(await run('profile', 'set', ...args)).toMatchObject({
      code,
      stderr: expect.stringContaining(`error: ${message}\n`),
    });
  });

  it('saves a reference unchecked if the profile has no credentials to look it up', async () => {
    const { done } = await freshMachine();
    await done('login', 'guest', '--domain', 'a.example', '--no-check');
    const { json } = await done('profile', 'set', 'app', 'some-client-id', '--profile', 'guest', '--json');
    expect(json.app).toEqual({ client_id: 'some-client-id', name: 'some-client-id' });
  });
});

describe('profile remove', () => {
  it('removes the tenant and its session, and the current profile is local again', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    await machine.open();
    await machine.done('token', 'create');
    expect((await machine.done('profile', 'remove', 'remote', '--yes')).stdout).toBe(
      '✔ Removed profile remote. The tenant itself is unchanged.\n  Commands now use profile local.\n',
    );
    expect(readdirSync(`${machine.folder}/data/credentials`)).toEqual([]);
    expect((await machine.done('profile', 'list', '--json')).json).toMatchObject([{ name: 'local', current: true }]);
  });

  it('does not mention the current profile when it removes another', async () => {
    const { done } = await freshMachine();
    await done('login', 'other', '--domain', 'a.example', '--no-check');
    await done('profile', 'use', 'local');
    expect((await done('profile', 'remove', 'other')).stdout).toBe(
      '✔ Removed profile other. The tenant itself is unchanged.\n',
    );
  });

  it('leaves the embedded tenant alone', async () => {
    const { run } = await openMachine();
    expect(await run('profile', 'remove', 'local')).toMatchObject({
      code: 2,
      stderr:
        "error: The local tenant's profile can't be removed.\nhint:  To reset the local tenant: anon-cli local reset\n",
    });
    expect(await run('profile', 'remove', 'acme')).toMatchObject({ code: 1 });
  });
});

describe('a profile that cannot do what is asked', () => {
  it('with an unreachable tenant ends with 6', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    await tenant.close();
    const { code, jsonError } = await machine.run('tenant', 'show', '--json');
    expect(code).toBe(6);
    expect(jsonError).toEqual({
      code: 'tenant_unreachable',
      message: `The tenant ${tenant.url.slice('http://'.length)} cannot be reached: connection refused.`,
      hint: `Is it running? To start it: anon-cli local start --port ${new URL(tenant.url).port}`,
      exit_code: 6,
    });
    // What can be refused without it still is.
    expect(await machine.run('tenant', 'set-lifetime', '2y')).toMatchObject({ code: 2 });
  });

  it('with a wrong secret ends with 4, and the error does not contain the secret', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    machine.terminal.stdin = secret;
    machine.keepSecret(secret);
    await machine.done(
      ...['login', 'acme', '--no-check', '--domain', tenant.url, '--client-id', tenant.credentials.clientId],
      ...['--client-secret', '-'],
    );
    machine.terminal.stdin = undefined;
    const { code, jsonError } = await machine.run('app', 'list', '--profile', 'acme', '--json');
    expect(code).toBe(4);
    expect(jsonError).toMatchObject({ code: 'not_authorised', status: 401 });
    expect(jsonError.message).toContain("refused the credentials of profile 'acme'");
  });

  it('without credentials explains how to add some', async () => {
    const { done, run } = await freshMachine();
    await done('login', 'acme', '--domain', 'a.example', '--no-check');
    expect(await run('app', 'list', '--profile', 'acme')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /^error: Profile 'acme' has no Management API credentials\.\nhint: {2}Add them:\s+anon-cli login acme --client-id <id> --client-secret -\n$/,
      ),
    });
  });

  it('whose tenant turns out to use that edition ends with 7, and the edition is saved', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await tenant.store.write(async (writer) => {
      const { anonymous_session_lifetime, anonymous_session_token_format, ...rest } =
        (await writer.get('tenant', 'settings')) ?? {};
      writer.put('tenant', 'settings', rest);
    });
    await useRemote(machine, tenant);
    expect(await machine.run('tenant', 'set-format', 'jwt')).toMatchObject({ code: 7 });
    expect((await machine.done('profile', 'list', '--json')).json[1]).toMatchObject({ edition: 'ea' });
  });
});

describe('an invalid profiles file', () => {
  it('is renamed with a warning, and left unchanged', async () => {
    const { done, profilesPath } = await freshMachine();
    await done('login', 'acme', '--domain', 'a.example', '--no-check');
    writeFileSync(profilesPath, '{"half": ');
    const { json, stderr } = await done('profile', 'list', '--json');
    expect(json).toHaveLength(1);
    const aside = `${profilesPath}.set-aside-20260601T120000Z`;
    expect(stderr).toContain(`It was moved to ${aside}, and a new one takes its place.`);
    expect(readFileSync(aside, 'utf8')).toBe('{"half": ');
  });

  it('is left alone if a newer version wrote it', async () => {
    const { done, run, profilesPath } = await freshMachine();
    await done('profile', 'use', 'local');
    const newer = '{"version":3,"something":"new"}';
    writeFileSync(profilesPath, newer);
    expect(await run('tenant', 'show')).toMatchObject({ code: 1, stderr: expect.stringContaining('newer anon-cli') });
    expect(readFileSync(profilesPath, 'utf8')).toBe(newer);
  });
});

describe('what the profile commands parse', () => {
  it('are names and options', async () => {
    expect(await parsed(profileListCommand)).toEqual([{}]);
    expect(await parsed(profileShowCommand)).toEqual([undefined, {}]);
    expect(await parsed(profileShowCommand, 'acme')).toEqual(['acme', {}]);
    expect(await parsed(profileUseCommand, 'acme')).toEqual(['acme', {}]);
    expect(await parsed(profileSetCommand, 'app', 'web', '--profile', 'acme')).toEqual([
      'app',
      'web',
      { profile: 'acme' },
    ]);
    expect(await parsed(profileRemoveCommand, 'acme', '--json')).toEqual(['acme', { json: true }]);
  });
});
