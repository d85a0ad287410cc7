import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshMachine, type Machine, openMachine, servedAnswer, servedTenant, useRemote } from '../support/command.ts';

/** A host that takes down every byte that it is sent, and answers as no tenant would. */
async function stranger() {
  const heard: string[] = [];
  const { url } = await servedAnswer(async (request) => {
    const headers = [...request.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    heard.push(`${request.method} ${request.url}\n${headers}\n${await request.text()}`);
    return Response.json({ error: 'access_denied', error_description: 'no' }, { status: 401 });
  });
  return { url, heard };
}

function edit(machine: Machine, profile: string, members: Record<string, unknown>): void {
  const content = JSON.parse(readFileSync(machine.profilesPath, 'utf8'));
  content.profiles[profile] = { ...content.profiles[profile], ...members };
  writeFileSync(machine.profilesPath, JSON.stringify(content));
}

/** A profile with everything saved that there can be, whose domain then becomes another host's. */
async function movedProfile() {
  const machine = await freshMachine();
  const tenant = await servedTenant(machine.clock);
  await useRemote(machine, tenant);
  await machine.open();
  const created = (await machine.done('token', 'create', '--json')).json;
  await machine.done('token', 'create', '--session', 'cart');
  const management = JSON.parse(JSON.parse(fileOf(machine, 'management-token~remote')).secret).token as string;
  const saved = [tenant.credentials.clientSecret, management, created.session_token, created.access_token];
  const other = await stranger();
  edit(machine, 'remote', { domain: other.url });
  return { machine, tenant, other, saved };
}

function fileOf(machine: Machine, name: string): string {
  return readFileSync(join(machine.folder, 'data', 'credentials', `${name}.json`), 'utf8');
}

function writeFile(machine: Machine, name: string, secret: string): void {
  writeFileSync(join(machine.folder, 'data', 'credentials', `${name}.json`), JSON.stringify({ version: 1, secret }));
}

describe('an edited domain', () => {
  it.each([
    [['app', 'list']],
    [['tenant', 'set-lifetime', '7d', '--yes']],
    [['doctor']],
    [['doctor', '--probe']],
    [['setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', '--yes']],
    [['token', 'create']],
    [['token', 'create', '--session', 'cart']],
    [['token', 'create', '--session', 'cart', '--replace']],
    [['token', 'get', '--api', 'other', '--create']],
    [['token', 'update', '--meta', 'a=b']],
    [['token', 'update', '--replace', '--session', 'cart']],
    [['token', 'renew']],
    [['token', 'renew', '--session', 'cart']],
    [['token', 'logout']],
    [['token', 'transfer', '--edition', 'ea']],
    [['token', 'watch']],
    [['token', 'decode']],
    [['claims', 'list']],
    [['session', 'export']],
    [['session', 'show']],
  ])('gets nothing that was saved: %j asks for a login', async (command) => {
    const { machine, other, saved } = await movedProfile();
    const { code, stdout, stderr } = await machine.run(...command);
    for (const secret of saved) expect(other.heard.join('\n')).not.toContain(secret);
    expect({ code, printed: stdout + stderr }).toEqual({
      code: 4,
      printed: expect.stringMatching(/sign in again:\s+anon-cli login remote/),
    });
  });

  it('to plain http, another port or another letter is another tenant too', async () => {
    const { machine } = await movedProfile();
    for (const domain of ['localhost:1', 'http://127.0.0.1:1', 'http://localhost:1', 'localhost.', 'löcalhost']) {
      edit(machine, 'remote', { domain });
      expect(await machine.run('app', 'list')).toMatchObject({ code: 4 });
      expect(await machine.run('token', 'renew')).toMatchObject({ code: 4 });
    }
    edit(machine, 'remote', { domain: 'http://acme.eu.auth0.com' });
    expect(await machine.run('app', 'list')).toMatchObject({ code: 2 });
  });

  it.each([
    [['app', 'list']],
    [['token', 'create']],
    [['token', 'get']],
    [['session', 'list']],
    [['status']],
    [['doctor']],
  ])('when removed does not mean the embedded tenant: %j reports it', async (command) => {
    const { machine } = await movedProfile();
    edit(machine, 'remote', { domain: undefined });
    expect(await machine.run(...command)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining("Profile 'remote' has no domain in profiles.json."),
    });
  });

  it('when removed leaves a profile that can be removed', async () => {
    const { machine } = await movedProfile();
    edit(machine, 'remote', { domain: undefined });
    expect((await machine.done('profile', 'remove', 'remote', '--yes')).stdout).toContain('Removed profile remote');
  });

  it('in another spelling is still the same tenant', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    edit(machine, 'remote', { domain: `${tenant.url.replace('localhost', 'LOCALHOST')}/` });
    await machine.done('app', 'list');
  });

  it('of the embedded tenant gets none of its sessions, and the embedded tenant gets no others', async () => {
    const machine = await openMachine();
    await machine.done('token', 'create');
    await machine.done('profile', 'set', 'app', 'web');
    const other = await stranger();
    edit(machine, 'local', { domain: other.url });
    expect(await machine.run('token', 'renew')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("The saved session 'default' is for the local tenant"),
    });
    expect(other.heard).toEqual([]);
  });

  it('is reported in lists, which still show the other sessions, and sessions can still be removed', async () => {
    const { machine, tenant } = await movedProfile();
    const { stdout, stderr } = await machine.done('session', 'list');
    expect(stdout).toBe('');
    expect(stderr).toContain('No sessions saved');
    expect(stderr).toContain(`warning: The saved session 'cart' is for ${tenant.url}`);
    await machine.done('session', 'forget', 'cart');
    edit(machine, 'remote', { domain: tenant.url });
    expect((await machine.done('session', 'list', '--json')).json).toMatchObject([{ name: 'default' }]);
  });

  it('is fixed by a login, which removes what was saved for the old tenant', async () => {
    const { machine, saved } = await movedProfile();
    const next = await servedTenant(machine.clock);
    edit(machine, 'remote', { domain: next.url, app: undefined, api: undefined });
    machine.terminal.stdin = next.credentials.clientSecret;
    await machine.done('login', 'remote', '--client-id', next.credentials.clientId, '--client-secret', '-');
    machine.terminal.stdin = undefined;
    await machine.done('app', 'list');
    expect((await machine.done('session', 'list', '--json')).json).toEqual([]);
    const kept = ['credentials~remote', 'management-token~remote'].map((name) => fileOf(machine, name)).join();
    for (const secret of saved) expect(kept).not.toContain(secret);
  });

  it('that is changed back works as before', async () => {
    const { machine, tenant } = await movedProfile();
    expect(await machine.run('app', 'list')).toMatchObject({ code: 4 });
    edit(machine, 'remote', { domain: tenant.url });
    await machine.done('app', 'list');
    await machine.done('token', 'update', '--meta', 'a=b');
  });
});

describe('what an earlier version saved', () => {
  /** As it was written before it was bound. */
  async function earlierProfile() {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    await machine.open();
    await machine.done('token', 'create');
    for (const name of ['credentials~remote', 'management-token~remote', 'session~remote~default']) {
      const { origin: _, ...saved } = JSON.parse(JSON.parse(fileOf(machine, name)).secret);
      writeFile(machine, name, name.startsWith('credentials') ? saved.secret : JSON.stringify(saved));
    }
    return { machine, tenant };
  }

  it('still works, and is bound on first use', async () => {
    const { machine, tenant } = await earlierProfile();
    machine.clock.forward(90_000);
    await machine.done('app', 'list');
    await machine.done('token', 'update', '--meta', 'a=b');
    for (const name of ['credentials~remote', 'management-token~remote', 'session~remote~default']) {
      expect(JSON.parse(JSON.parse(fileOf(machine, name)).secret).origin).toBe(tenant.url);
    }
  });

  it('is not sent to another host if it names its tenant', async () => {
    const { machine } = await earlierProfile();
    const other = await stranger();
    edit(machine, 'remote', { domain: other.url });
    expect(await machine.run('app', 'list')).toMatchObject({ code: 4 });
    expect(await machine.run('token', 'renew')).toMatchObject({ code: 4 });
    expect(other.heard.filter((request) => !request.includes('/.well-known/'))).toEqual([]);
    edit(machine, 'remote', { domain: 'acme.eu.auth0.com' });
    for (const command of [
      ['app', 'list'],
      ['token', 'renew'],
      ['token', 'get', '--api', 'x'],
    ]) {
      const { code, stderr } = await machine.run(...command);
      expect({ code, stderr }).toEqual({
        code: 4,
        stderr: expect.stringContaining('the profile is now for https://acme.eu.auth0.com'),
      });
    }
  });
});

describe('an imported session', () => {
  it('goes only into a profile of its tenant', async () => {
    const machine = await openMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    await machine.open();
    await machine.done('token', 'create', '--profile', 'local');
    await machine.done('token', 'create');
    const ofLocal = machine.file(
      'local.json',
      (await machine.done('session', 'export', '--profile', 'local', '--json')).stdout,
    );
    const ofRemote = (await machine.done('session', 'export', '--json')).stdout;
    const { issuer: _, ...unnamed } = JSON.parse(ofRemote);
    const again = ['--session', 'again'];
    expect(await machine.run('session', 'import', ofLocal, ...again)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        "Session 'again' is from localhost:4400, but profile 'remote' is for another tenant.",
      ),
    });
    // What an earlier version exported names its tenant in its access token.
    edit(machine, 'local', { domain: 'acme.eu.auth0.com' });
    for (const text of [ofRemote, JSON.stringify(unnamed)]) {
      const ran = await machine.run(
        'session',
        'import',
        machine.file('remote.json', text),
        ...again,
        '--profile',
        'local',
      );
      expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('Import it into a profile of its tenant') });
    }
    await machine.done('session', 'import', machine.file('remote.json', ofRemote), ...again);
    await machine.done('token', 'renew', ...again);
  });
});

describe('a secret in the environment', () => {
  it('is for the tenant of AUTH0_DOMAIN and never sent to another', async () => {
    const { machine, tenant } = await (async () => {
      const machine = await freshMachine();
      const tenant = await servedTenant(machine.clock);
      await useRemote(machine, tenant);
      return { machine, tenant };
    })();
    await machine.done('app', 'create', 'server', '--type', 'regular_web', '--enable');
    await machine.done('api', 'enable', 'shop', '--scopes', 'read:catalog');
    const other = await servedTenant(machine.clock);
    Object.assign(machine.env, {
      AUTH0_DOMAIN: other.url,
      AUTH0_CLIENT_ID: other.credentials.clientId,
      AUTH0_CLIENT_SECRET: other.credentials.clientSecret,
      ANON_APP_SECRET: 'the-secret-of-the-other-application',
    });
    const { stderr } = await machine.done(
      ...['token', 'create', '--profile', 'remote', '--app', 'server', '--api', 'shop', '--no-save'],
    );
    expect(stderr).toBe('warning: ANON_APP_SECRET is not used: AUTH0_DOMAIN names another tenant.\n');
    const sent = JSON.stringify(tenant.requests);
    expect(sent).not.toContain(other.credentials.clientSecret);
    expect(sent).not.toContain('the-secret-of-the-other-application');
  });
});
