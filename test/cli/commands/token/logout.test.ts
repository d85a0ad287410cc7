import { describe, expect, it } from 'vitest';
import { freshMachine, openMachine, servedTenant, useRemote } from '../../../support/command.ts';

/** A machine that works on a tenant of edition ea over HTTP, open to guests. */
async function openRemote() {
  const machine = await freshMachine();
  const tenant = await servedTenant(machine.clock, { edition: 'ea' });
  await useRemote(machine, tenant);
  await machine.done('app', 'enable', 'web');
  await machine.done('api', 'enable', 'shop', '--app', 'web', '--scopes', 'read:catalog');
  return { machine, tenant };
}

describe('token logout', () => {
  it('removes the session, and reports what stays valid', async () => {
    const machine = await openMachine();
    await machine.done('token', 'create', '--session', 'cart');
    const { stdout } = await machine.done('token', 'logout');
    expect(stdout).toBe(
      '✔ Session cart removed from this machine\n' +
        '  Nothing was sent: edition preview has no logout.\n' +
        '! Its tokens stay valid until they expire: the access token in 1 day, the session token in 30 days.\n',
    );
    expect((await machine.done('session', 'list', '--json')).json).toEqual([]);
    expect(await machine.run('token', 'logout')).toMatchObject({ code: 1 });
  });

  it('calls a tenant that has a cookie to clear, without token or secret', async () => {
    const { machine, tenant } = await openRemote();
    await machine.done('token', 'create');
    const { json } = await machine.done('token', 'logout', '--keep', '--json');
    expect(json).toMatchObject({ tenant_told: true, forgotten: false, session: { name: 'default' } });
    const [asked] = tenant.requests.filter(({ path }) => path === '/anonymous/logout');
    expect(JSON.parse(asked?.body ?? '')).toEqual({ client_id: json.session.app.client_id });
    expect((await machine.done('token', 'logout')).stdout).toContain('Only the cookie of this request is cleared');
    expect((await machine.done('session', 'list', '--json')).json).toEqual([]);
  });

  it('removes nothing if the tenant refuses', async () => {
    const machine = await openMachine({ edition: 'ea' });
    await machine.done('token', 'create');
    const client = (await machine.store.list('client')).find(({ name }) => name === 'web');
    await machine.store.write((writer) => writer.remove('client', String(client?.client_id)));
    expect(await machine.run('token', 'logout')).toMatchObject({ code: 4, stdout: '' });
    expect((await machine.done('session', 'list', '--json')).json).toHaveLength(1);
  });

  it('removes nothing if the tenant is unreachable, and explains how to', async () => {
    const { machine, tenant } = await openRemote();
    await machine.done('token', 'create', '--session', 'cart');
    await tenant.close();
    const { code, stderr } = await machine.run('token', 'logout');
    expect({ code, stderr }).toEqual({
      code: 6,
      stderr: expect.stringMatching(/\nhint: {2}To remove it from this machine only: anon-cli session forget cart\n$/),
    });
    expect((await machine.done('session', 'list', '--json')).json).toHaveLength(1);
  });
});
