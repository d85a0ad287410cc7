import { describe, expect, it } from 'vitest';
import { changeDocument, freshMachine, type Machine, servedTenant, useRemote } from '../../support/command.ts';

const lifetime = ['tenant', 'set-lifetime', '7d'] as const;
const writes = (requests: readonly { method: string; path: string }[]) =>
  requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/v2/'));

/** A served tenant whose profile is marked production. */
async function productionTenant() {
  const machine = await freshMachine();
  const tenant = await servedTenant(machine.clock);
  await useRemote(machine, tenant);
  await markProduction(machine);
  return { machine, tenant, host: new URL(tenant.url).host };
}

async function markProduction(machine: Machine): Promise<void> {
  await machine.done('profile', 'set', 'production', 'on');
}

describe('a dry run', () => {
  it.each([
    [['tenant', 'set-lifetime', '7d']],
    [['tenant', 'set-format', 'jwt']],
    [['app', 'create', 'kiosk', '--enable']],
    [['app', 'enable', 'web']],
    [['api', 'create', 'news', '--audience', 'urn:news']],
    [['api', 'enable', 'shop', '--scopes', 'read:catalog']],
    [['api', 'scopes', 'add', 'shop', 'read:catalog']],
    [['claims', 'set', 'guest', 'user_id', '--app', 'web']],
  ])('of %j shows the request and sends none', async (command) => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const { json } = await machine.done(...command, '--dry-run', '--json');
    expect(json).toMatchObject({ dry_run: true, requests: [{ method: expect.stringMatching(/PATCH|POST/) }] });
    const { stdout } = await machine.done(...command, '--dry-run');
    expect(stdout).toMatch(/^dry run: nothing was sent\n {2}\S.*\n {4}\S/);
    expect(stdout).toMatch(/^ {2}would send {2}(PATCH|POST) \/api\/v2\//m);
    expect(writes(tenant.requests)).toEqual([]);
  });

  it('reports when there would be no changes', async () => {
    const { done } = await freshMachine();
    expect((await done('tenant', 'set-lifetime', '30d', '--dry-run')).stdout).toContain('No changes');
  });
});

describe('a production tenant', () => {
  it('is changed after its name is typed, and the changes are shown first', async () => {
    const { machine, tenant, host } = await productionTenant();
    machine.terminal.interactive = true;
    machine.replies.push(host);
    const { stdout, stderr } = await machine.done(...lifetime);
    expect(stderr).toContain(`${host} is marked production. This changes:\n`);
    expect(stderr).toContain('    anonymous_session_lifetime  2592000 → 604800\n');
    expect(machine.questions).toEqual([`To confirm, type the tenant's name (${host}):`]);
    expect(stdout).toContain('✔ Session lifetime: 7 days');
    expect(writes(tenant.requests)).toHaveLength(1);
  });

  it.each(['', 'yes', 'remote'])('is not changed when %j is typed', async (answer) => {
    const { machine, tenant, host } = await productionTenant();
    machine.terminal.interactive = true;
    machine.replies.push(answer);
    expect(await machine.run(...lifetime)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(
        `error: The name doesn't match; nothing was sent.\nhint:  The tenant's name is ${host}.\n`,
      ),
    });
    expect(writes(tenant.requests)).toEqual([]);
  });

  it('is not changed without a terminal, unless --yes is given', async () => {
    const { machine, tenant } = await productionTenant();
    expect(await machine.run(...lifetime)).toMatchObject({
      code: 2,
      stderr:
        "error: Profile 'remote' is marked production: this change needs confirmation, and there is no terminal to ask on.\n" +
        'hint:  Preview it with --dry-run, then pass --yes.\n',
    });
    expect(writes(tenant.requests)).toEqual([]);
    await machine.done(...lifetime, '--yes');
    expect(writes(tenant.requests)).toHaveLength(1);
  });

  it('needs no confirmation if nothing changes or is sent, or for reads and new guests', async () => {
    const { machine } = await productionTenant();
    await machine.done('tenant', 'set-lifetime', '30d');
    await machine.done(...lifetime, '--dry-run');
    await machine.done('app', 'list');
  });
});

describe('a tenant that changes during a question', () => {
  it('is read again, and the new changes are shown', async () => {
    const { machine, tenant, host } = await productionTenant();
    machine.terminal.interactive = true;
    const event = () => changeDocument(tenant.store, 'tenant', 'settings', { anonymous_session_lifetime: 60 });
    machine.meanwhile.push(event);
    machine.replies.push(host, host);
    const { stderr } = await machine.done(...lifetime);
    expect(stderr).toContain('    anonymous_session_lifetime  2592000 → 604800\n');
    expect(stderr).toContain('The tenant has changed in the meantime.\n');
    expect(stderr).toContain('    anonymous_session_lifetime  60 → 604800\n');
    expect(machine.questions).toHaveLength(2);
    expect(writes(tenant.requests)).toHaveLength(1);
  });

  it('also with setup, which does not repeat its questions', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    machine.terminal.interactive = true;
    const change = () =>
      changeDocument(tenant.store, 'resource_server', 'shop', { anonymous_access_scopes: ['write:cart'] });
    // The first question is for the origins, the next ones are for the changes.
    machine.meanwhile.push(async () => {}, change);
    machine.replies.push('http://localhost:5173');
    machine.answers.push(true, true);
    await machine.done(
      ...['setup', '--create-app', 'kiosk', '--type', 'spa', '--api', 'shop', '--scopes', 'read:catalog'],
      ...['--lifetime', '7d', '--token-format', 'jwe', '--no-session'],
    );
    expect(machine.questions).toHaveLength(3);
    expect(machine.questions[0]).toMatch(/^Origins of the pages of kiosk /);
    expect((await machine.done('app', 'show', 'kiosk', '--json')).json.origins).toEqual([
      { origin: 'http://localhost:5173', from: ['web_origins'] },
    ]);
    const { json } = await machine.done('api', 'show', 'shop', '--json');
    expect(json.guest_scopes).toEqual(['write:cart', 'read:catalog']);
  });

  it('and then needs no change is left alone', async () => {
    const { machine, tenant, host } = await productionTenant();
    machine.terminal.interactive = true;
    machine.meanwhile.push(() =>
      changeDocument(tenant.store, 'tenant', 'settings', { anonymous_session_lifetime: 604_800 }),
    );
    machine.replies.push(host);
    const { stdout } = await machine.done(...lifetime);
    expect(stdout).toContain('No changes');
    expect(writes(tenant.requests)).toEqual([]);
  });
});
