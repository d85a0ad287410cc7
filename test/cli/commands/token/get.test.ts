import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  changeDocument,
  freshMachine,
  type Machine,
  openMachine,
  servedTenant,
  useRemote,
} from '../../../support/command.ts';

const day = 86_400;

async function got(machine: Machine, ...options: string[]) {
  return (await machine.done('token', 'get', '--json', ...options)).json;
}

/** Requests for tokens that a tenant elsewhere was sent. */
async function withRemote(): Promise<{ machine: Machine; asked: () => number }> {
  const machine = await freshMachine();
  const tenant = await servedTenant(machine.clock);
  await useRemote(machine, tenant);
  await machine.open();
  return { machine, asked: () => tenant.requests.filter(({ path }) => path === '/anonymous/token').length };
}

describe('token get', () => {
  it('prints only the token, the saved one if it is valid for another minute', async () => {
    const { machine, asked } = await withRemote();
    const { access_token } = (await machine.done('token', 'create', '--json')).json;
    machine.clock.forward(day - 60);
    expect(await machine.run('token', 'get')).toMatchObject({ code: 0, stdout: `${access_token}\n`, stderr: '' });
    expect(asked()).toBe(1);
    machine.clock.forward(1);
    const { stdout, stderr } = await machine.done('token', 'get');
    expect(stdout).not.toBe(`${access_token}\n`);
    expect(stderr).toBe('');
    expect((await machine.done('token', 'get')).stdout).toBe(stdout);
    expect(asked()).toBe(2);
  });

  it('reports its source, its guest and its remaining lifetime', async () => {
    const machine = await openMachine();
    const first = await got(machine, '--create');
    expect(first).toMatchObject({ origin: 'created', session_name: 'default', token_type: 'Bearer', expires_in: day });
    const { guest_id } = first;
    machine.clock.forward(60);
    expect(await got(machine)).toMatchObject({ origin: 'kept', guest_id, expires_in: day - 60 });
    machine.clock.forward(day);
    expect(await got(machine)).toMatchObject({ origin: 'renewed', guest_id, expires_in: day });
  });

  it('renews once for any number of concurrent commands', async () => {
    const { machine, asked } = await withRemote();
    await machine.done('token', 'create');
    machine.clock.forward(day);
    const all = await Promise.all(Array.from({ length: 8 }, () => machine.done('token', 'get')));
    expect(new Set(all.map(({ stdout }) => stdout)).size).toBe(1);
    expect(asked()).toBe(2);
  });

  it('gets another token for another API or other scopes', async () => {
    const machine = await openMachine();
    await machine.done('token', 'create');
    expect(await got(machine, '--api', 'shop', '--app', 'web')).toMatchObject({ origin: 'kept' });
    expect(await got(machine, '--scope', 'read:catalog')).toMatchObject({ origin: 'renewed' });
    expect(await got(machine, '--scope', 'read:catalog')).toMatchObject({ origin: 'kept' });
    expect(await got(machine, '--scope', 'write:cart')).toMatchObject({ origin: 'renewed' });
  });

  it('creates a new guest only with --create, and reports that with the previous guest', async () => {
    const machine = await openMachine();
    expect(await machine.run('token', 'get')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('hint:  Create it: anon-cli token get --create\n'),
    });
    const first = await machine.done('token', 'get', '--create', '--meta', 'language=en');
    expect(first.stderr).toMatch(/^warning: This is a new guest: anon\|\S+\.\n$/);
    const { guest_id: was } = await got(machine);
    machine.clock.forward(30 * day);
    expect(await machine.run('token', 'get')).toMatchObject({
      code: 3,
      stdout: '',
      stderr:
        'error: The session has expired.\nhint:  To create a session for a new guest: anon-cli token get --create\n',
    });
    const { stderr } = await machine.done('token', 'get', '--create');
    const { guest_id: is } = await got(machine);
    expect(is).not.toBe(was);
    expect(stderr).toBe(`warning: The guest id changed from ${was} to ${is}.\n`);
    const { json } = await machine.done('session', 'show', '--lineage', '--field', 'lineage');
    expect(json).toMatchObject([{ guest_id: is, until: null }, { guest_id: was }]);
  });

  it('creates a new guest if the tenant no longer accepts the session', async () => {
    const machine = await openMachine();
    await machine.done('token', 'create');
    await machine.done('local', 'show');
    await machine.done('app', 'create', 'kiosk', '--enable');
    expect(await machine.run('token', 'get', '--app', 'kiosk')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('To create a session for a new guest: anon-cli token get --create'),
    });
    expect(await got(machine, '--app', 'kiosk', '--create')).toMatchObject({ origin: 'created' });
  });

  it('reports why a token is valid for less than a minute', async () => {
    const machine = await openMachine({ edition: 'ea' });
    await machine.done('token', 'create');
    machine.clock.forward(30 * day - 20);
    const { stderr } = await machine.done('token', 'get');
    expect(stderr).toBe('warning: This access token expires in 20 s, with its session.\n');
    await changeDocument(machine.store, 'resource_server', 'shop', { token_lifetime_for_anonymous_access_tokens: 30 });
    await machine.done('token', 'create');
    const short = await machine.done('token', 'get');
    expect(short.stderr).toBe('warning: This access token expires in 30 s.\n');
  });

  it('with a named session explains how to start it again', async () => {
    const machine = await openMachine();
    await machine.done('token', 'create', '--session', 'cart');
    await machine.done('token', 'create');
    machine.clock.forward(30 * day);
    expect((await machine.run('token', 'get', '--session', 'cart')).stderr).toContain(
      'anon-cli token get --create --session cart\n',
    );
  });

  it('detects that a session of unknown lifetime has expired, and marks it', async () => {
    const { machine } = await withRemote();
    await machine.done('token', 'create', '--session', 'cart');
    await machine.done('token', 'create', '--session', 'other');
    machine.clock.forward(31 * day);
    expect((await machine.done('session', 'forget', '--expired', '--json')).json).toEqual({ forgotten: [] });
    expect(await machine.run('token', 'get', '--session', 'cart')).toMatchObject({ code: 3 });
    expect(await machine.run('token', 'renew', '--session', 'other')).toMatchObject({ code: 3 });
    const { json } = await machine.done('session', 'list', '--json');
    expect(json).toMatchObject([{ expired: true }, { expired: true }]);
    expect((await machine.done('session', 'forget', '--expired', '--json')).json).toEqual({
      forgotten: ['cart', 'other'],
    });
  });

  it('saves nothing with --no-save', async () => {
    const machine = await openMachine();
    await machine.done('token', 'get', '--create', '--no-save');
    expect((await machine.done('session', 'list', '--json')).json).toEqual([]);
  });

  it('writes nothing with --no-save, even on a read-only disk', async () => {
    const machine = await openMachine();
    await machine.done('token', 'get', '--create', '--no-save');
    expect(existsSync(join(machine.folder, 'data', 'session-names'))).toBe(false);
    await machine.done('token', 'create', '--session', 'cart');
    const lock = join(machine.folder, 'data', 'session-names', 'local', 'cart.lock');
    rmSync(lock);
    // Nobody can open a folder as a file.
    mkdirSync(lock);
    await machine.done('token', 'update', '--meta', 'a=1', '--no-save');
    await machine.done('token', 'renew', '--no-save');
    await machine.done('token', 'get', '--scope', 'read:catalog', '--no-save');
    expect(await machine.run('token', 'renew')).toMatchObject({ code: 1 });
  });
});
