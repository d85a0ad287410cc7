import { describe, expect, it } from 'vitest';
import { freshMachine, openMachine, servedTenant, useRemote } from '../../support/command.ts';

describe('on a tenant of edition ea', () => {
  it('the tenant shows its cookie setting, and set-cookie changes it', async () => {
    const { done } = await freshMachine({ edition: 'ea' });
    expect((await done('tenant', 'show')).stdout).toMatch(/session cookie +on\n/);
    const { stdout } = await done('tenant', 'set-cookie', 'off');
    expect(stdout).toContain('✔ Session cookie: off\n');
    expect(stdout).toContain('    sessions.anonymous.activate_cookie  not set → false\n');
    expect((await done('tenant', 'show', '--field', 'session_cookie')).stdout).toBe('false\n');
    expect((await done('tenant', 'set-cookie', 'off')).stdout).toContain('No changes');
  });

  it('a renewal reports when the session ends, not when its access token does', async () => {
    const { done } = await openMachine({ edition: 'ea' });
    await done('token', 'create');
    const { stdout } = await done('token', 'update');
    expect(stdout).toMatch(/^✔ Session renewed: a new access token; the session ends in 30 days\n/);
  });

  it('set-cookie accepts only on and off', async () => {
    const { run } = await freshMachine({ edition: 'ea' });
    expect(await run('tenant', 'set-cookie', 'maybe')).toMatchObject({
      code: 2,
      stderr: "error: Invalid value 'maybe'.\nhint:  Choose on or off.\n",
    });
  });

  it.each([
    [['tenant', 'set-format', 'jwt'], 7, 'always encrypts session tokens'],
    [['tenant', 'set-lifetime', 'never'], 7, 'Sessions always expire'],
    [['tenant', 'set-lifetime', '100s'], 2, 'Choose 1m or 2m.'],
    [['token', 'update', '--meta', 'a=b'], 7, 'anon-cli token update --meta <key=value> --replace'],
    [['token', 'create', '--meta', 'a:={"b":1}'], 7, "'a' is an object or an array"],
    [
      ['token', 'create', '--meta', 'a\\.b:={}'],
      7,
      "Write it as text: --meta 'a\\.b=…' (a dot nests; \\. is a dot in a key)",
    ],
    [['token', 'create', '--meta', 'a.b=1', '--meta', 'c:=[]', '--meta', 'd=1'], 7, "'a', 'c' are objects or arrays"],
    [['token', 'create', '--user-id', 'me'], 7, 'Leave --user-id out.'],
  ])('%j ends with %i and explains why', async (command, code, text) => {
    const machine = await openMachine({ edition: 'ea' });
    await machine.done('token', 'create');
    const result = await machine.run(...command);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(text);
  });

  it('an API is opened for guests of the given application, and what is missing is reported', async () => {
    const { done } = await freshMachine({ edition: 'ea' });
    await done('app', 'enable', 'web');
    const { stdout } = await done('api', 'enable', 'shop', '--app', 'web', '--scopes', 'read:catalog');
    expect(stdout).toMatch(
      /^✔ shop accepts guests of web: read:catalog, access tokens live for the tenant's default lifetime\n/,
    );
    expect(stdout).toContain('    subject_type_authorization.anonymous_user.policy  deny_all → require_client_grant\n');
    expect(stdout).toContain('  new guest grant of web at shop (localhost:4400)\n');
    expect((await done('api', 'show', 'shop')).stdout).toMatch(/guest scopes +read:catalog {2}\(guests of web\)\n/);
    const { json } = await done('api', 'enable', 'shop', '--json');
    expect(json).toMatchObject({ enabled: true, guest_scopes: ['read:catalog'], requests: [] });
    const closed = await done('api', 'disable', 'shop');
    expect(closed.stdout).toContain(
      '  guests get these scopes back when it is enabled again: read:catalog (in 1 client grant)\n',
    );
    expect((await done('api', 'disable', 'shop', '--revoke-grants', '--json')).json).toMatchObject({
      guest_grants: [],
    });
  });

  it("an unset token lifetime is shown as the tenant's default, without a number", async () => {
    const { done } = await openMachine({ edition: 'ea' });
    const life = "the tenant's default lifetime";
    expect((await done('api', 'show', 'shop')).stdout).toMatch(new RegExp(`guest token lifetime +${life}\\n`));
    expect((await done('doctor')).stdout.replaceAll(/\s+/g, ' ')).toContain(`access tokens live for ${life}`);
    const setUp = await done('setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', '--yes');
    expect(setUp.stdout.replaceAll(/\s+/g, ' ')).toContain(`access tokens live for ${life}`);
    expect((await done('api', 'list', '--json')).json).toMatchObject([{ guest_token_lifetime: null }]);
    const { stdout } = await done('api', 'enable', 'shop', '--app', 'web', '--token-lifetime', '2h');
    expect(stdout).toContain('access tokens live for 2 hours\n');
    expect((await done('api', 'show', 'shop', '--json')).json).toMatchObject({ guest_token_lifetime: 7200 });
  });

  it('an API is shown with its grants even without access to the applications', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock, { edition: 'ea' });
    await useRemote(machine, tenant);
    await machine.done('app', 'enable', 'web');
    await machine.done('api', 'enable', 'shop', '--app', 'web', '--scopes', 'read:catalog');
    const grant = (await tenant.store.list('client_grant')).find(({ subject_type: type }) => type === 'client');
    const scope = ['read:tenant_settings', 'read:resource_servers', 'read:client_grants'];
    await tenant.store.write((writer) => writer.put('client_grant', String(grant?.id), { ...grant, scope }));
    machine.clock.forward(86_400);
    expect((await machine.done('api', 'show', 'shop')).stdout).toMatch(/read:catalog {2}\(guests of \w{32}\)\n/);
  });

  it('an application that is not OIDC-conformant is opened with the option that says so', async () => {
    const { done, run, store } = await freshMachine({ edition: 'ea' });
    const client = (await store.list('client')).find(({ name }) => name === 'web');
    await store.write((writer) =>
      writer.put('client', String(client?.client_id), { ...client, oidc_conformant: false }),
    );
    expect(await run('app', 'enable', 'web')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('anon-cli app enable web --oidc-conformant'),
    });
    const { stdout } = await done('app', 'enable', 'web', '--oidc-conformant');
    expect(stdout).toMatch(/oidc_conformant +false → true\n/);
  });
});
