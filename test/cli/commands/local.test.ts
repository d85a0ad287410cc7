import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localResetCommand, localShowCommand } from '../../../src/cli/commands/local/manage.ts';
import { localStartCommand } from '../../../src/cli/commands/local/start.ts';
import { documentNamed, freshMachine, openMachine, parsed, servedTenant, useRemote } from '../../support/command.ts';

describe('local show', () => {
  it('shows where the state is and which client may configure it, without the secret', async () => {
    const { done, statePath, store } = await freshMachine();
    const { client_id } = await documentNamed(store, 'client', 'All Applications');
    const { stdout } = await done('local', 'show');
    expect(stdout).toMatch(/^Local tenant\n/);
    expect(stdout).toContain(statePath);
    expect(stdout).toContain('anon-cli local show --reveal-secrets --field management_client_secret\n');
    expect((await done('local', 'show', '--json')).json).toEqual({
      issuer: 'https://localhost:4400/',
      edition: 'preview',
      state: statePath,
      database: null,
      management_client_id: client_id,
    });
  });

  it('prints the secret with --reveal-secrets, in JSON only', async () => {
    const { done, run, store } = await freshMachine();
    const { client_secret } = await documentNamed(store, 'client', 'All Applications');
    const field = ['--field', 'management_client_secret'];
    expect((await done('local', 'show', '--reveal-secrets', ...field)).stdout).toBe(`${client_secret}\n`);
    expect((await done('local', 'show', '--reveal-secrets')).stdout).not.toContain(client_secret);
    expect(await run('local', 'show', ...field)).toMatchObject({ code: 2, stdout: '' });
  });

  it('creates a missing tenant, private to the user', async () => {
    const { done, statePath } = await freshMachine({ seeded: false });
    await done('local', 'show');
    expect(statSync(statePath).mode & 0o777).toBe(0o600);
    expect((await done('app', 'list', '--json')).json).toMatchObject([{ name: 'web', enabled: false }]);
  });
});

describe('local reset', () => {
  it('starts over with new keys and closed gates, and removes saved sessions and defaults', async () => {
    const { done, run, store } = await openMachine();
    await done('profile', 'set', 'app', 'web');
    await done('app', 'create', 'kiosk');
    const { stdout: token } = await done('token', 'create', '--app', 'web', '--field', 'access_token');
    const before = (await documentNamed(store, 'client', 'web')).client_id;

    expect((await done('local', 'reset', '--yes')).stdout).toBe(
      '✔ Reset the local tenant, in edition preview\nNext: anon-cli quickstart\n',
    );
    const { json } = await done('app', 'list', '--json');
    expect(json).toMatchObject([{ name: 'web', enabled: false }]);
    expect(json[0].client_id).not.toBe(before);
    expect(await run('token', 'update')).toMatchObject({ code: 1 });
    expect((await done('profile', 'list', '--json')).json[0]).toMatchObject({ app: null });
    // The key that it names is gone, so nobody can tell any more.
    expect((await done('token', 'decode', token.trim(), '--field', 'signature.state')).stdout).toBe('not_checked\n');
    expect(await run('token', 'verify', token.trim())).toMatchObject({ code: 3 });
  });

  it('creates a tenant of the given edition, or of the current one by default', async () => {
    const { done, run } = await openMachine();
    expect((await done('local', 'reset', '--yes', '--edition', 'ea', '--json')).json).toMatchObject({ edition: 'ea' });
    const speaks = async () => [
      (await done('local', 'show', '--json')).json.edition,
      (await done('tenant', 'show', '--json')).json.edition,
      (await done('profile', 'list', '--json')).json[0].edition,
    ];
    expect(await speaks()).toEqual(['ea', 'ea', 'ea']);
    await done('local', 'reset', '--yes');
    expect(await speaks()).toEqual(['ea', 'ea', 'ea']);
    expect((await done('local', 'reset', '--edition=preview', '--yes')).stdout).toContain('in edition preview');
    expect(await speaks()).toEqual(['preview', 'preview', 'preview']);
    expect(await run('local', 'reset', '--yes', '--edition', 'beta')).toMatchObject({
      code: 2,
      stderr: "error: Unknown edition 'beta'.\nhint:  Choose preview or ea.\n",
    });
  });

  it('asks first, and does nothing without a yes', async () => {
    const { run, done, terminal, answers, questions, store } = await openMachine();
    terminal.interactive = true;
    const before = await documentNamed(store, 'client', 'web');
    answers.push(false);
    expect(await run('local', 'reset')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'error: The reset was declined; nothing was changed.\n',
    });
    expect(await documentNamed(store, 'client', 'web')).toEqual(before);
    answers.push(true);
    await done('local', 'reset');
    expect(await documentNamed(store, 'client', 'web')).not.toEqual(before);
    expect(questions).toEqual(Array(2).fill("Delete the local tenant's applications, APIs, users and keys?"));
  });

  it('needs --yes without a terminal', async () => {
    const { run, store } = await openMachine();
    const before = await documentNamed(store, 'client', 'web');
    expect(await run('local', 'reset')).toMatchObject({
      code: 2,
      stderr:
        'error: Resetting the local tenant needs confirmation, and there is no terminal to ask on.\n' +
        'hint:  Run: anon-cli local reset --yes\n',
    });
    // The line that it gives does what was asked for, in that edition.
    expect((await run('local', 'reset', '--edition', 'ea')).stderr).toContain(
      'hint:  Run: anon-cli local reset --edition ea --yes\n',
    );
    expect(await documentNamed(store, 'client', 'web')).toEqual(before);
  });
});

describe('local start', () => {
  it('serves the state that other commands use, until Ctrl-C', async () => {
    const machine = await openMachine();
    const listening = machine.printed('}');
    const serving = machine.run('local', 'start', '--port', '0', '--json');
    const printed = await Promise.race([listening.then(() => 'listening'), serving]);
    expect(printed).toBe('listening');
    machine.interrupt();
    const { code, json } = await serving;
    expect(code).toBe(0);
    expect(json).toEqual({
      url: `https://localhost:${json.port}`,
      port: json.port,
      issuer: `https://localhost:${json.port}/`,
      issuer_before: 'https://localhost:4400/',
      edition: 'preview',
      database: null,
      ca: join(machine.folder, 'data', 'tls', 'ca.pem'),
      jwks_uri: `${json.url}/.well-known/jwks.json`,
      client_id: expect.stringMatching(/^\w{32}$/),
      audience: 'https://api.shop.example',
      curl: expect.stringMatching(/^curl --cacert \S+ \S+\/anonymous\/token -d client_id=\w+ -d audience=\S+$/),
      ephemeral: false,
      control_url: `http://localhost:${json.port}/_anon`,
      control_token: expect.stringMatching(/^[\w-]{43}$/),
    });
    await expect(fetch(json.url)).rejects.toThrow();
  });

  it.each([
    [['--port', '65536'], "'65536' is not a valid port."],
    [['--port', 'http'], "'http' is not a valid port."],
    [['--port', '-1'], "'-1' is not a valid port."],
    [['--rate-limit', '0'], "'0' is not a valid rate limit."],
    [['--rate-limit', 'many'], "'many' is not a valid rate limit."],
  ])('refuses %j', async (options, message) => {
    const { run } = await freshMachine();
    const { code, stderr } = await run('local', 'start', ...options);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(`error: ${message}\n`) });
  });
});

describe('a command about the local tenant', () => {
  it.each([
    ['show'],
    ['reset', '--yes'],
    ['export', '--output', '-'],
    ['import', 'tenant.json', '--yes'],
    ['use-database', 'sqlite'],
    ['env'],
    ['start', '--port', '0'],
    ['seed', 'world.yaml'],
    ['exec', '--', 'node', '--version'],
  ])('is refused for the profile of another: local %s', async (...args) => {
    const machine = await freshMachine();
    await useRemote(machine, await servedTenant(machine.clock));
    const before = readFileSync(machine.statePath);
    const { code, stdout, stderr } = await machine.run(
      'local',
      ...args.slice(0, 1),
      '--profile',
      'remote',
      ...args.slice(1),
    );
    expect([code, stdout]).toEqual([7, '']);
    expect(stderr).toContain("Profile 'remote' is for ");
    expect(readFileSync(machine.statePath)).toEqual(before);
  });
});

describe('an invalid state file', () => {
  it.each([
    ['damaged', Buffer.from('not a database at all, whatever its name says. '.repeat(100)), 'is damaged'],
    ['cut short', undefined, 'is damaged'],
  ])('is renamed with a warning and left unchanged: %s', async (_kind, bytes, words) => {
    const { done, statePath } = await openMachine();
    const kept = bytes ?? readFileSync(statePath).subarray(0, 5000);
    writeFileSync(statePath, kept);
    const { stderr } = await done('app', 'list');
    const aside = `${statePath}.set-aside-20260601T120000Z`;
    expect(stderr).toBe(
      `warning: The local tenant's state ${statePath} ${words}. It was moved to ${aside}, and a new tenant takes its place.\n`,
    );
    expect(readFileSync(aside)).toEqual(kept);
  });
});

describe('what the local commands parse', () => {
  it('are options', async () => {
    expect(await parsed(localStartCommand)).toEqual([{ control: true }]);
    expect(await parsed(localStartCommand, '--allow-host', 'A.test', '--allow-host', '[FD00::1]')).toEqual([
      { control: true, allowHost: ['a.test', '[fd00::1]'] },
    ]);
    expect(await parsed(localStartCommand, '--port', '0', '--rate-limit', '2')).toEqual([
      { control: true, port: '0', rateLimit: '2' },
    ]);
    expect(await parsed(localStartCommand, '--domain', 'acme.test:8443', '--no-control')).toEqual([
      { control: false, domain: 'acme.test:8443' },
    ]);
    expect(await parsed(localShowCommand, '--reveal-secrets')).toEqual([{ revealSecrets: true }]);
    expect(await parsed(localResetCommand, '-y')).toEqual([{ yes: true }]);
  });
});
