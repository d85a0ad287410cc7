import { describe, expect, it } from 'vitest';
import { appListCommand, appShowCommand } from '../../../src/cli/commands/app/read.ts';
import { appCreateCommand, appDisableCommand, appEnableCommand } from '../../../src/cli/commands/app/write.ts';
import { documentNamed, freshMachine, parsed, servedTenant, useRemote } from '../../support/command.ts';

describe('app list', () => {
  it("shows the only application of a new tenant as disabled, and not the tenant's own", async () => {
    const { done, store, terminal } = await freshMachine();
    const { client_id } = await documentNamed(store, 'client', 'web');
    expect((await done('app', 'list')).stdout).toBe(`web\tdisabled\tspa\t${client_id}\n`);
    terminal.interactive = true;
    const { stdout } = await done('app', 'list');
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^NAME +GUESTS +TYPE +CLIENT ID$/),
      expect.stringMatching(new RegExp(`^web +disabled +spa +${client_id}$`)),
      '',
    ]);
    expect((await done('app', 'list', '--json')).json).toEqual([
      {
        ...{ client_id, name: 'web', type: 'spa', confidential: false, enabled: false },
        ...{ origins: expect.any(Array), callbacks: expect.any(Array), logout_urls: expect.any(Array) },
      },
    ]);
  });

  it('shows which are enabled', async () => {
    const { done } = await freshMachine();
    await done('app', 'create', 'kiosk', '--enable');
    const { json } = await done('app', 'list', '--json');
    expect(json.map((app: { name: string; enabled: boolean }) => [app.name, app.enabled])).toEqual([
      ['web', false],
      ['kiosk', true],
    ]);
    expect((await done('app', 'list')).stdout).toMatch(/^kiosk\tenabled\t/m);
  });

  it('shows more than one page', async () => {
    const { done, store } = await freshMachine();
    const web = await documentNamed(store, 'client', 'web');
    await store.write((writer) => {
      for (let index = 0; index < 120; index += 1) {
        writer.put('client', `more-${index}`, { ...web, client_id: `more-${index}`, name: `app ${index}` });
      }
    });
    expect((await done('app', 'list', '--json')).json).toHaveLength(121);
  });

  it('explains how to create one if there is none', async () => {
    const { done, store, terminal } = await freshMachine();
    await store.write(async (writer) =>
      writer.remove('client', String((await documentNamed(store, 'client', 'web')).client_id)),
    );
    const none = 'No applications yet. Create one: anon-cli app create web\n';
    // A line on stdout would be an application to what reads it.
    expect(await done('app', 'list')).toMatchObject({ stdout: '', stderr: none });
    terminal.interactive = true;
    expect((await done('app', 'list')).stdout).toBe(none);
    terminal.interactive = false;
    expect((await done('app', 'list', '--json')).json).toEqual([]);
  });
});

describe('app list', () => {
  async function withApps(...names: string[]) {
    const machine = await freshMachine();
    for (const name of names) await machine.done('app', 'create', name, ...(name.startsWith('on') ? ['--enable'] : []));
    return machine;
  }

  it.each([
    [['--enabled'], ['one', 'on the web']],
    [
      ['--search', 'WEB'],
      ['web', 'on the web'],
    ],
    [['--search', 'eb', '--enabled'], ['on the web']],
    // The beginning of its client id, and nothing from the middle of one.
    [['--search', 'pAphrnBkI9'], ['web']],
    [['--search', 'phrnBkI9'], []],
  ])('accepts %j', async (options, names) => {
    const { done } = await withApps('one', 'on the web', 'other');
    const { json } = await done('app', 'list', ...options, '--json');
    expect(json.map(({ name }: { name: string }) => name)).toEqual(names);
  });

  it.each([
    [['--search', 'zzz'], "No applications match 'zzz'.\n"],
    [['--enabled'], 'No enabled applications (1 disabled).\n'],
    [['--enabled', '--search', 'w'], "No enabled applications match 'w'.\n"],
  ])('reports on stderr that nothing matches %j', async (options, message) => {
    const { done, terminal } = await freshMachine();
    expect(await done('app', 'list', ...options)).toMatchObject({ stdout: '', stderr: message });
    terminal.interactive = true;
    expect((await done('app', 'list', ...options)).stdout).toBe(message);
  });
});

describe('app show', () => {
  it('finds an application by its name, in any case, and by its client id', async () => {
    const { done, store } = await freshMachine();
    const { client_id } = await documentNamed(store, 'client', 'web');
    for (const reference of ['web', 'WEB', String(client_id)]) {
      expect((await done('app', 'show', reference, '--field', 'client_id')).stdout).toBe(`${client_id}\n`);
    }
    const { stdout } = await done('app', 'show', 'web');
    expect(stdout).toMatch(/^web\n/);
    expect(stdout).toMatch(/authentication +none \(public application\)\n/);
    expect(stdout).toMatch(/guests +disabled\n/);
  });

  it('lists the candidates if a name is ambiguous, and accepts the id of one', async () => {
    const { done, run } = await freshMachine();
    const ids: string[] = [];
    for (const type of ['spa', 'native']) {
      ids.push(
        (
          await done('app', 'create', 'twin', '--type', type, '--allow-duplicate', '--field', 'client_id')
        ).stdout.trim(),
      );
    }
    const { code, jsonError } = await run('app', 'show', 'twin', '--json');
    expect(code).toBe(2);
    expect(jsonError).toMatchObject({
      code: 'ambiguous',
      message: `'twin' matches 2 applications: ${ids.join(', ')}.`,
      hint: 'Pass one of these ids instead of the name.',
    });
    expect((await done('app', 'show', ids[1] ?? '', '--field', 'type')).stdout).toBe('native\n');
  });

  it('prefers the exact name to one with other case', async () => {
    const { done, store } = await freshMachine();
    await done('app', 'create', 'Web');
    const { client_id } = await documentNamed(store, 'client', 'web');
    expect((await done('app', 'show', 'web', '--field', 'client_id')).stdout).toBe(`${client_id}\n`);
  });

  it.each([
    ['wbe', "Did you mean 'web'? To see all: anon-cli app list"],
    ['something else', 'Run: anon-cli app list'],
    ['All Applications', 'Run: anon-cli app list'],
  ])('does not find application %s', async (reference, hint) => {
    const { run } = await freshMachine();
    expect(await run('app', 'show', reference)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `error: Application '${reference}' not found.\nhint:  ${hint}\n`,
    });
  });

  it('prints the secret of a confidential application only if asked, and only as JSON', async () => {
    const { done, store } = await freshMachine();
    await done('app', 'create', 'server', '--type', 'regular_web');
    const { client_secret } = await documentNamed(store, 'client', 'server');
    expect((await done('app', 'show', 'server', '--json')).json).not.toHaveProperty('client_secret');
    expect((await done('app', 'show', 'server', '--json', '--reveal-secrets')).json).toMatchObject({ client_secret });
    expect((await done('app', 'show', 'server', '--reveal-secrets')).stdout).not.toContain(client_secret);
    expect((await done('app', 'show', 'web', '--json', '--reveal-secrets')).json).not.toHaveProperty('client_secret');
  });

  it('escapes control characters in a name', async () => {
    const { done, store } = await freshMachine();
    const web = await documentNamed(store, 'client', 'web');
    await store.write((writer) =>
      writer.put('client', 'odd', { ...web, client_id: 'odd', name: 'odd\u001b[2J\u202e' }),
    );
    const { stdout } = await done('app', 'show', 'odd');
    expect(stdout).toMatch(/^odd\\u001b\[2J\\u202e\n/);
  });
});

describe('app create', () => {
  it.each([
    ['spa', 'none', false],
    ['native', 'none', false],
    ['regular_web', 'client_secret_post', true],
    ['non_interactive', 'client_secret_post', true],
  ])('creates a %s application that authenticates with %s', async (type, method, confidential) => {
    const { done, store } = await freshMachine();
    const { json } = await done('app', 'create', 'kiosk', '--type', type, '--json');
    expect(json).toMatchObject({ name: 'kiosk', type, confidential, enabled: false });
    expect(json).not.toHaveProperty('client_secret');
    expect(json.requests[0]).toEqual({
      method: 'POST',
      path: '/api/v2/clients',
      body: {
        name: 'kiosk',
        app_type: type,
        token_endpoint_auth_method: method,
        oidc_conformant: true,
        can_create_anonymous_sessions: false,
      },
    });
    expect(await store.get('client', json.client_id)).toMatchObject({
      name: 'kiosk',
      token_endpoint_auth_method: method,
    });
  });

  it('creates an enabled application, a single-page one by default', async () => {
    const { done } = await freshMachine();
    const { stdout } = await done('app', 'create', 'my kiosk', '--enable');
    expect(stdout).toMatch(/^✔ Created application my kiosk\n/);
    expect(stdout).toMatch(/type +spa\n/);
    expect(stdout).toMatch(/guests +enabled\n/);
    expect(stdout).toContain('sent  POST /api/v2/clients {"name":"my kiosk"');
  });

  it('prints the secret with --reveal-secrets, in JSON only', async () => {
    const { done, store } = await freshMachine();
    const secret = (...more: string[]) =>
      done('app', 'create', 'server', '--type', 'regular_web', '--allow-duplicate', ...more);
    const { stdout } = await secret('--reveal-secrets', '--field', 'client_secret');
    expect(stdout.trim()).toBe((await documentNamed(store, 'client', 'server')).client_secret);
    expect((await secret('--reveal-secrets')).stdout).toMatch(/authentication +client_secret_post\n/);
  });

  it('refuses a type that does not exist before any call', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    expect(await machine.run('app', 'create', 'kiosk', '--type', 'nativ')).toMatchObject({
      code: 2,
      stderr: "error: Unknown application type 'nativ'.\nhint:  Did you mean native?\n",
    });
    expect((await machine.run('app', 'create', 'kiosk', '--type', 'toaster')).stderr).toContain(
      'Choose native, spa, regular_web or non_interactive.',
    );
    expect(tenant.requests).toEqual([]);
  });

  it("shows the service's own words if it refuses", async () => {
    const { run } = await freshMachine();
    const { code, jsonError } = await run('app', 'create', '<b>', '--json');
    expect(code).toBe(1);
    expect(jsonError).toMatchObject({ code: 'failed', status: 400, service_error: 'invalid_body', exit_code: 1 });
    expect(jsonError.message).toContain(jsonError.service_description.replace(/\.$/, ''));
  });
});

describe('app enable and app disable', () => {
  it('open and close the gate, and report what they sent', async () => {
    const { done, store } = await freshMachine();
    const { client_id } = await documentNamed(store, 'client', 'web');
    const enabled = await done('app', 'enable', 'web');
    expect(enabled.stdout).toBe(
      `✔ web may create guest sessions\n  application web (localhost:4400)\n    can_create_anonymous_sessions  not set → true\n  sent  PATCH /api/v2/clients/${client_id} {"can_create_anonymous_sessions":true}\n`,
    );
    expect((await documentNamed(store, 'client', 'web')).can_create_anonymous_sessions).toBe(true);

    const disabled = await done('app', 'disable', String(client_id), '--json');
    expect(disabled.json).toMatchObject({
      enabled: false,
      requests: [{ method: 'PATCH', body: { can_create_anonymous_sessions: false } }],
    });
    expect((await documentNamed(store, 'client', 'web')).can_create_anonymous_sessions).toBe(false);
  });

  it('change nothing the second time', async () => {
    const { done } = await freshMachine();
    await done('app', 'enable', 'web');
    expect((await done('app', 'enable', 'web', '--field', 'enabled')).stdout).toBe('true\n');
  });

  it.each(['enable', 'disable'])('%s does not find an application that does not exist', async (verb) => {
    const { run } = await freshMachine();
    expect(await run('app', verb, 'shop')).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('what the app commands parse', () => {
  it('are a name and options', async () => {
    expect(await parsed(appListCommand, '--json')).toEqual([{ json: true }]);
    expect(await parsed(appShowCommand, 'web', '--reveal-secrets')).toEqual(['web', { revealSecrets: true }]);
    expect(await parsed(appCreateCommand, 'kiosk')).toEqual(['kiosk', { type: 'spa' }]);
    expect(await parsed(appCreateCommand, '--type', 'native', '--enable', 'kiosk', '--reveal-secrets')).toEqual([
      'kiosk',
      { type: 'native', enable: true, revealSecrets: true },
    ]);
    expect(await parsed(appEnableCommand, 'web')).toEqual(['web', {}]);
    expect(await parsed(appEnableCommand, 'web', '--oidc-conformant')).toEqual(['web', { oidcConformant: true }]);
    expect(await parsed(appDisableCommand, 'web')).toEqual(['web', {}]);
    expect(await parsed(appDisableCommand, 'web', '--undo-conformant')).toEqual(['web', { undoConformant: true }]);
  });

  it('suggests the option that was meant', async () => {
    await expect(parsed(appCreateCommand, 'kiosk', '--enabel')).rejects.toMatchObject({
      message: "Unknown option '--enabel'.",
      hint: expect.stringContaining('Did you mean --enable?'),
    });
  });
});
