import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freshMachine, openMachine, servedTenant, useRemote } from '../../support/command.ts';

describe('status', () => {
  it('of a new machine shows the local tenant, and creates nothing', async () => {
    const machine = await freshMachine({ seeded: false });
    expect((await machine.done('status')).stdout).toBe(
      'tenant       built into anon-cli\n' +
        'profile      local, the current profile\n' +
        'edition      preview\n' +
        'application  not set\n' +
        'API          not set\n' +
        'credentials  built in\n' +
        'session      none. Create one: anon-cli token create\n',
    );
    expect(existsSync(machine.statePath)).toBe(false);
  });

  it.each(['preview', 'ea'] as const)(
    'shows the edition of the local tenant and when its session expires: %s',
    async (edition) => {
      const machine = await openMachine({ edition });
      await machine.done('token', 'create', '--session', 'cart');
      machine.clock.forward(3600);
      const { stdout } = await machine.done('status');
      expect(stdout).toMatch(new RegExp(`^edition +${edition}$`, 'm'));
      expect(stdout).toMatch(
        /^session +cart, guest anon\S+\n {2}session token +expires in 30 days\n {2}access token +expires in (1 hour|23 hours)$/m,
      );
      const { json } = await machine.done('status', '--json');
      expect(json).toMatchObject({
        ...{ profile: 'local', profile_source: 'current', domain: null, edition, credentials: null },
        session: { name: 'cart', current: true, session_expires_in: 30 * 86_400 - 3600 },
      });
      expect(JSON.stringify(json)).not.toContain('eyJ');
    },
  );

  it('shows why this profile is used, and sends nothing to the tenant', async () => {
    const machine = await openMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const asked = tenant.requests.length;
    const host = new URL(tenant.url).host;
    const shown = async (...argv: string[]) => (await machine.done('status', ...argv)).stdout;
    expect(await shown()).toMatch(/^profile +remote, the current profile$/m);
    expect(await shown()).toMatch(new RegExp(`^tenant +${tenant.url}$`, 'm'));
    expect(await shown()).toMatch(/^credentials +client \S+ \(client secret\)$/m);
    expect(await shown('--profile', 'local')).toMatch(/^profile +local, from --profile$/m);
    machine.env.ANON_PROFILE = 'local';
    expect(await shown()).toMatch(/^profile +local, from ANON_PROFILE$/m);
    delete machine.env.ANON_PROFILE;
    machine.env.AUTH0_DOMAIN = 'acme.eu.auth0.com';
    expect(await shown()).toMatch(/^tenant +acme\.eu\.auth0\.com\nprofile +\S+, not saved, from AUTH0_DOMAIN$/m);
    expect((await machine.done('status', '--field', 'profile_source')).stdout).toBe('AUTH0_DOMAIN\n');
    delete machine.env.AUTH0_DOMAIN;
    Object.assign(machine.env, { ANON_APP: 'kiosk', ANON_API: 'urn:news' });
    expect(await shown()).toMatch(/^application +kiosk, from ANON_APP\nAPI +urn:news, from ANON_API$/m);
    await machine.done('profile', 'set', 'production', 'on');
    expect(await shown()).toMatch(/^production +yes/m);
    expect(host).not.toBe('');
    expect(tenant.requests.slice(asked)).toEqual([]);
  });

  it('exits with 1 for an unknown profile', async () => {
    const { run } = await freshMachine({ seeded: false });
    expect(await run('status', '--profile', 'nobody')).toMatchObject({ code: 1, stdout: '' });
  });
});
