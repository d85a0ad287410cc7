import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freshMachine, openMachine, servedTenant, useRemote } from '../../support/command.ts';

describe('status', () => {
  it('on a new machine reports that nothing is set up, and creates nothing', async () => {
    const machine = await freshMachine({ seeded: false });
    expect((await machine.done('status')).stdout).toBe(
      'tenant       embedded, on this machine\n' +
        'profile      local, the current profile\n' +
        'edition      preview\n' +
        'application  none chosen\n' +
        'API          none chosen\n' +
        'signs in     its own\n' +
        'session      none. Create one: anon-cli token create\n',
    );
    expect(existsSync(machine.statePath)).toBe(false);
  });

  it.each(['preview', 'ea'] as const)(
    'shows the edition of the embedded tenant, its session and the remaining lifetime: %s',
    async (edition) => {
      const machine = await openMachine({ edition });
      await machine.done('token', 'create', '--session', 'cart');
      machine.clock.forward(3600);
      const { stdout } = await machine.done('status');
      expect(stdout).toMatch(new RegExp(`^edition +${edition}$`, 'm'));
      expect(stdout).toMatch(
        /^session +cart, guest anon\S+\n {2}ends +in 30 days\n {2}access token +in (1 hour|23 hours)$/m,
      );
      const { json } = await machine.done('status', '--json');
      expect(json).toMatchObject({
        ...{ profile: 'local', profile_source: 'current', domain: null, edition, credentials: null },
        session: { name: 'cart', current: true, session_expires_in: 30 * 86_400 - 3600 },
      });
      expect(JSON.stringify(json)).not.toContain('eyJ');
    },
  );

  it('explains why the profile is used, and sends no request', async () => {
    const machine = await openMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const asked = tenant.requests.length;
    const host = new URL(tenant.url).host;
    const shown = async (...argv: string[]) => (await machine.done('status', ...argv)).stdout;
    expect(await shown()).toMatch(/^profile +remote, the current profile$/m);
    expect(await shown()).toMatch(new RegExp(`^tenant +${tenant.url}$`, 'm'));
    expect(await shown()).toMatch(/^signs in +client \S+, with its secret$/m);
    expect(await shown('--profile', 'local')).toMatch(/^profile +local, given by --profile$/m);
    machine.env.ANON_PROFILE = 'local';
    expect(await shown()).toMatch(/^profile +local, given by ANON_PROFILE$/m);
    delete machine.env.ANON_PROFILE;
    machine.env.AUTH0_DOMAIN = 'acme.eu.auth0.com';
    expect(await shown()).toMatch(
      /^tenant +acme\.eu\.auth0\.com\nprofile +\S+, not saved, for the tenant in AUTH0_DOMAIN$/m,
    );
    expect((await machine.done('status', '--field', 'profile_source')).stdout).toBe('AUTH0_DOMAIN\n');
    delete machine.env.AUTH0_DOMAIN;
    Object.assign(machine.env, { ANON_APP: 'kiosk', ANON_API: 'urn:news' });
    expect(await shown()).toMatch(/^application +kiosk, given by ANON_APP\nAPI +urn:news, given by ANON_API$/m);
    await machine.done('profile', 'set', 'production', 'on');
    expect(await shown()).toMatch(/^production +yes/m);
    expect(host).not.toBe('');
    expect(tenant.requests.slice(asked)).toEqual([]);
  });

  it('does not find a profile that does not exist', async () => {
    const { run } = await freshMachine({ seeded: false });
    expect(await run('status', '--profile', 'nobody')).toMatchObject({ code: 1, stdout: '' });
  });
});
