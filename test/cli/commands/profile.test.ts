import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { profileAddCommand } from '../../../src/cli/commands/profile/add.ts';
import { profileListCommand } from '../../../src/cli/commands/profile/list.ts';
import { profileRemoveCommand } from '../../../src/cli/commands/profile/remove.ts';
import { profileSetCommand } from '../../../src/cli/commands/profile/set.ts';
import { profileUseCommand } from '../../../src/cli/commands/profile/use.ts';
import { documentNamed, freshMachine, openMachine, parsed, servedTenant, useRemote } from '../../support/command.ts';

const secret = 'the-secret-of-the-management-client';

describe('profile list', () => {
  it('has the embedded tenant before anything was added', async () => {
    const { done } = await freshMachine({ seeded: false });
    const { stdout } = await done('profile', 'list');
    expect(stdout).toMatch(/^\* +local +embedded, on this machine +preview +- +-$/m);
    expect((await done('profile', 'list', '--json')).json).toEqual([
      {
        name: 'local',
        current: true,
        domain: null,
        edition: 'preview',
        management_client_id: null,
        app: null,
        api: null,
      },
    ]);
  });

  it('marks the current one and says what each uses', async () => {
    const { done } = await freshMachine();
    await done('profile', 'add', 'acme', '--domain', 'acme.eu.auth0.com');
    await done('profile', 'set', 'app', 'web');
    await done('profile', 'use', 'acme');
    const { stdout } = await done('profile', 'list');
    expect(stdout).toMatch(/^ {2,}local +embedded, on this machine +preview +web +-$/m);
    expect(stdout).toMatch(/^\* +acme +acme\.eu\.auth0\.com +not asked yet +- +-$/m);
  });
});

describe('profile add', () => {
  it.each([
    ['acme.eu.auth0.com', 'acme.eu.auth0.com'],
    ['https://acme.eu.auth0.com/', 'acme.eu.auth0.com'],
    ['ACME.eu.auth0.com:8443', 'acme.eu.auth0.com:8443'],
    ['http://localhost:4400', 'http://localhost:4400'],
    ['http://127.0.0.1:4400/', 'http://127.0.0.1:4400'],
  ])('takes the domain %s', async (given, kept) => {
    const { done } = await freshMachine();
    const { stdout } = await done('profile', 'add', 'acme', '--domain', given);
    expect(stdout).toContain(`✔ Profile acme: ${kept}, without Management API credentials\n`);
    expect(stdout).toContain('Next: anon-cli profile use acme\n');
    expect((await done('profile', 'list', '--json')).json[1]).toMatchObject({ name: 'acme', domain: kept });
  });

  it.each([
    ['http://acme.eu.auth0.com', 'plain http is for this machine only'],
    ['ftp://acme.eu.auth0.com', 'only https is spoken'],
    ['acme.eu.auth0.com/path', 'it is a host alone, without a path'],
    ['https://user:password@acme.eu.auth0.com', 'it may not hold a user name'],
    ['not a host', 'it is not a host name'],
  ])('refuses the domain %s', async (domain, reason) => {
    const { run } = await freshMachine();
    const { code, stderr } = await run('profile', 'add', 'acme', '--domain', domain);
    expect(code).toBe(2);
    expect(stderr).toContain(`is not a tenant domain: ${reason}.`);
    expect(stderr).not.toContain('password');
  });

  it.each([
    [[], "The domain of 'acme' is missing."],
    [['--domain', 'a.example', '--client-id', 'id'], '--client-secret is missing.'],
    [['--domain', 'a.example', '--edition', 'beta'], "There is no edition 'beta'."],
  ])('needs more than %j', async (options, message) => {
    const { run } = await freshMachine();
    const { code, stderr } = await run('profile', 'add', 'acme', ...options);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(`error: ${message}\n`) });
  });

  it('needs a client id with a secret', async () => {
    const { run, terminal } = await freshMachine();
    terminal.stdin = secret;
    expect(await run('profile', 'add', 'acme', '--domain', 'a.example', '--client-secret', '-')).toMatchObject({
      code: 2,
      stderr: 'error: --client-id is missing.\nhint:  Both are needed: --client-id <id> --client-secret -\n',
    });
  });

  it.each(['local', '../etc', '-x', 'a'.repeat(65), '__proto__'])('refuses the name %s', async (name) => {
    const { run } = await freshMachine();
    expect(await run('profile', 'add', '--domain', 'a.example', '--', name)).toMatchObject({ code: 2, stdout: '' });
  });

  it('keeps a secret from stdin or the environment in a private file, and never shows it', async () => {
    const { done, terminal, env, profilesPath, keepSecret } = await freshMachine();
    keepSecret(secret);
    const add = ['profile', 'add', 'acme', '--domain', 'a.example', '--client-id', 'id'];
    terminal.stdin = `${secret}\n`;
    const { json } = await done(...add, '--client-secret', '-', '--json');
    expect(json).toMatchObject({ name: 'acme', management_client_id: 'id' });
    expect(JSON.stringify(json)).not.toContain(secret);
    expect(JSON.parse(readFileSync(profilesPath, 'utf8')).profiles.acme.management.clientSecret).toBe(secret);
    expect(statSync(profilesPath).mode & 0o777).toBe(0o600);
    expect((await done('profile', 'list', '--json')).stdout).not.toContain(secret);

    terminal.stdin = undefined;
    env.ANON_CLI_CLIENT_SECRET = 'another-secret-from-the-environment';
    await done(...add);
    expect(readFileSync(profilesPath, 'utf8')).toContain('another-secret-from-the-environment');
  });

  it('takes no secret from the command line', async () => {
    const { run } = await freshMachine();
    const { code, stderr } = await run(
      ...['profile', 'add', 'acme', '--domain', 'a.example', '--client-id', 'id', '--client-secret', secret],
    );
    expect(code).toBe(2);
    expect(stderr).toContain('or set ANON_CLI_CLIENT_SECRET.');
    expect(stderr).not.toContain(secret);
  });

  it('changes how a tenant is reached and keeps the rest; another domain is another tenant', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    await machine.done('profile', 'set', 'app', 'web');
    const { json } = await machine.done('profile', 'add', 'remote', '--domain', tenant.url, '--json');
    expect(json).toMatchObject({ edition: 'preview', app: { name: 'web' } });
    expect(json.management_client_id).toBe(tenant.credentials.clientId);
    const moved = await machine.done('profile', 'add', 'remote', '--domain', 'other.example', '--json');
    expect(moved.json).toMatchObject({ edition: null, app: null, management_client_id: null });
  });
});

describe('profile use', () => {
  it('makes it the one that commands use', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    expect((await machine.done('tenant', 'show', '--field', 'issuer')).stdout).toBe(`${tenant.issuer}\n`);
    expect((await machine.done('profile', 'use', 'local')).stdout).toBe('✔ Commands now use profile local\n');
    expect((await machine.done('tenant', 'show', '--field', 'issuer')).stdout).toBe('https://localhost:4400/\n');
  });

  it('gives way to ANON_CLI_PROFILE, and that to --profile', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    machine.env.ANON_CLI_PROFILE = 'local';
    const issuer = async (...options: string[]) =>
      (await machine.done('tenant', 'show', '--field', 'issuer', ...options)).stdout;
    expect(await issuer()).toBe('https://localhost:4400/\n');
    expect(await issuer('--profile', 'remote')).toBe(`${tenant.issuer}\n`);
  });

  it.each([
    ['lokal', "hint:  Did you mean 'local'? See anon-cli profile list\n"],
    ['acme', 'hint:  See anon-cli profile list\n'],
    ['__proto__', 'hint:  See anon-cli profile list\n'],
  ])('knows no profile %s', async (name, hint) => {
    const { run } = await freshMachine();
    const expected = { code: 1, stdout: '', stderr: `error: There is no profile '${name}'.\n${hint}` };
    expect(await run('profile', 'use', name)).toMatchObject(expected);
    expect(await run('tenant', 'show', '--profile', name)).toMatchObject(expected);
  });
});

describe('profile set', () => {
  it('chooses by name, id or audience, and says so', async () => {
    const { done, store } = await freshMachine();
    const { client_id } = documentNamed(store, 'client', 'web');
    expect((await done('profile', 'set', 'app', String(client_id))).stdout).toBe(
      '✔ Profile local uses application web\n',
    );
    expect((await done('profile', 'set', 'api', 'https://api.shop.example', '--json')).json).toMatchObject({
      app: { client_id, name: 'web' },
      api: { audience: 'https://api.shop.example', name: 'shop' },
    });
  });

  it.each([
    [['application', 'web'], "A profile has no 'application' to set.", 2],
    [['apo', 'web'], "A profile has no 'apo' to set.", 2],
    [['app', 'wbe'], "There is no application 'wbe'.", 1],
    [['api', 'web'], "There is no API 'web'.", 1],
  ])('refuses %j', async (args, message, code) => {
    const { run } = await freshMachine();
    expect(await run('profile', 'set', ...args)).toMatchObject({
      code,
      stderr: expect.stringContaining(`error: ${message}\n`),
    });
  });

  it('takes a reference as it is where the profile has no credentials to look it up', async () => {
    const { done } = await freshMachine();
    await done('profile', 'add', 'guest', '--domain', 'a.example');
    const { json } = await done('profile', 'set', 'app', 'some-client-id', '--profile', 'guest', '--json');
    expect(json.app).toEqual({ client_id: 'some-client-id', name: 'some-client-id' });
  });
});

describe('profile remove', () => {
  it('forgets the tenant and its session, and the current one is local again', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    await machine.open();
    await machine.done('token', 'create');
    expect((await machine.done('profile', 'remove', 'remote')).stdout).toBe(
      '✔ Profile remote is gone. On the tenant nothing changed.\n',
    );
    expect(readFileSync(machine.profilesPath, 'utf8')).not.toContain(tenant.credentials.clientSecret);
    expect(() => statSync(`${machine.folder}/data/credentials/session~remote.json`)).toThrow();
    expect((await machine.done('profile', 'list', '--json')).json).toMatchObject([{ name: 'local', current: true }]);
  });

  it('leaves the embedded tenant be', async () => {
    const { run } = await openMachine();
    expect(await run('profile', 'remove', 'local')).toMatchObject({
      code: 2,
      stderr: "error: The embedded tenant's profile stays.\nhint:  To start it over: anon-cli local reset\n",
    });
    expect(await run('profile', 'remove', 'acme')).toMatchObject({ code: 1 });
  });
});

describe('a profile that cannot do what is asked', () => {
  it('whose tenant nobody serves ends with 6', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    await tenant.close();
    const { code, jsonError } = await machine.run('tenant', 'show', '--json');
    expect(code).toBe(6);
    expect(jsonError).toEqual({
      code: 'tenant_unreachable',
      message: `The tenant ${tenant.url.slice('http://'.length)} cannot be reached: it refuses connections.`,
      hint: `Is it running? anon-cli local start --port ${new URL(tenant.url).port}`,
      exit_code: 6,
    });
    // What can be refused without it still is.
    expect(await machine.run('tenant', 'set-lifetime', '2y')).toMatchObject({ code: 2 });
  });

  it('whose secret is wrong ends with 4, and the error does not hold it', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    machine.terminal.stdin = secret;
    machine.keepSecret(secret);
    await machine.done(
      ...['profile', 'add', 'acme', '--domain', tenant.url, '--client-id', tenant.credentials.clientId],
      ...['--client-secret', '-'],
    );
    machine.terminal.stdin = undefined;
    const { code, jsonError } = await machine.run('app', 'list', '--profile', 'acme', '--json');
    expect(code).toBe(4);
    expect(jsonError).toMatchObject({ code: 'not_authorised', status: 401 });
    expect(jsonError.message).toContain("refused the credentials of profile 'acme'");
  });

  it('that has no credentials says how to add some', async () => {
    const { done, run } = await freshMachine();
    await done('profile', 'add', 'acme', '--domain', 'a.example');
    expect(await run('app', 'list', '--profile', 'acme')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /^error: Profile 'acme' has no Management API credentials\.\nhint: {2}Add some:\s+anon-cli profile add acme --client-id <id> --client-secret -\n$/,
      ),
    });
  });

  it('that is told to speak an edition this version does not ends with 7', async () => {
    const { run } = await openMachine();
    const { code, jsonError } = await run('tenant', 'show', '--edition', 'ea', '--json');
    expect(code).toBe(7);
    expect(jsonError).toMatchObject({ code: 'edition_unsupported', message: expect.stringContaining("edition 'ea'") });
  });

  it('whose tenant turns out to speak that edition ends with 7, and it is remembered', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    tenant.store.write((writer) => {
      const { anonymous_session_lifetime, anonymous_session_token_format, ...rest } =
        writer.get('tenant', 'settings') ?? {};
      writer.put('tenant', 'settings', rest);
    });
    await useRemote(machine, tenant);
    expect(await machine.run('tenant', 'set-format', 'jwt')).toMatchObject({ code: 7 });
    expect((await machine.done('profile', 'list', '--json')).json[1]).toMatchObject({ edition: 'ea' });
  });
});

describe('a profiles file that is not one', () => {
  it('is set aside with a warning, and kept as it was', async () => {
    const { done, profilesPath } = await freshMachine();
    await done('profile', 'add', 'acme', '--domain', 'a.example');
    writeFileSync(profilesPath, '{"half": ');
    const { json, stderr } = await done('profile', 'list', '--json');
    expect(json).toHaveLength(1);
    const aside = `${profilesPath}.set-aside-20260601T120000Z`;
    expect(stderr).toContain(`It is now ${aside}, and a new one is started.`);
    expect(readFileSync(aside, 'utf8')).toBe('{"half": ');
  });

  it('is left alone when a newer version wrote it', async () => {
    const { done, run, profilesPath } = await freshMachine();
    await done('profile', 'use', 'local');
    const newer = '{"version":2,"something":"new"}';
    writeFileSync(profilesPath, newer);
    expect(await run('tenant', 'show')).toMatchObject({ code: 1, stderr: expect.stringContaining('newer anon-cli') });
    expect(readFileSync(profilesPath, 'utf8')).toBe(newer);
  });
});

describe('what the profile commands parse', () => {
  it('is names and options', async () => {
    expect(await parsed(profileListCommand)).toEqual([{}]);
    expect(
      await parsed(
        profileAddCommand,
        ...['acme', '--domain', 'd', '--client-id', 'i', '--client-secret', '-', '--edition', 'preview'],
      ),
    ).toEqual(['acme', { domain: 'd', clientId: 'i', clientSecret: '-', edition: 'preview' }]);
    expect(await parsed(profileUseCommand, 'acme')).toEqual(['acme', {}]);
    expect(await parsed(profileSetCommand, 'app', 'web', '--profile', 'acme')).toEqual([
      'app',
      'web',
      { profile: 'acme' },
    ]);
    expect(await parsed(profileRemoveCommand, 'acme', '--json')).toEqual(['acme', { json: true }]);
  });
});
