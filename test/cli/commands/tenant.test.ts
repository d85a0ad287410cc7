import { describe, expect, it } from 'vitest';
import { tenantSetFormatCommand, tenantSetLifetimeCommand } from '../../../src/cli/commands/tenant/set.ts';
import { tenantShowCommand } from '../../../src/cli/commands/tenant/show.ts';
import { freshMachine, parsed, servedTenant, useRemote } from '../../support/command.ts';

describe('tenant show', () => {
  it('shows the lifetime and the format', async () => {
    const { done } = await freshMachine();
    const { stdout, stderr } = await done('tenant', 'show');
    expect(stdout).toMatch(/^Local tenant\n/);
    expect(stdout).toMatch(/issuer +https:\/\/localhost:4400\/\n/);
    expect(stdout).toMatch(/edition +preview\n/);
    expect(stdout).toMatch(/session lifetime +30 days \(2592000 seconds\)\n/);
    expect(stdout).toMatch(/session token format +JWE\n/);
    expect(stderr).toBe('');
  });

  it('prints all of it as JSON', async () => {
    const { done } = await freshMachine();
    expect((await done('tenant', 'show', '--json')).json).toEqual({
      name: 'Local tenant',
      issuer: 'https://localhost:4400/',
      edition: 'preview',
      session_lifetime: 2_592_000,
      session_token_format: 'jwe',
    });
  });

  it('prints a single value', async () => {
    const { done } = await freshMachine();
    expect((await done('tenant', 'show', '--field', 'session_lifetime')).stdout).toBe('2592000\n');
    expect((await done('tenant', 'show', '--field', 'session_token_format')).stdout).toBe('jwe\n');
  });

  it('uses colours if the terminal has them', async () => {
    const { done, terminal } = await freshMachine();
    expect((await done('tenant', 'show')).stdout).not.toContain('\u001b[');
    terminal.colour = true;
    expect((await done('tenant', 'show')).stdout).toContain('\u001b[1mLocal tenant\u001b[');
    expect((await done('tenant', 'show', '--json')).stdout).not.toContain('\u001b[');
  });

  it('suggests the field that was meant if a field is unknown', async () => {
    const { run } = await freshMachine();
    expect(await run('tenant', 'show', '--field', 'session_lifetme')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: "error: The result has no field 'session_lifetme'.\nhint:  Did you mean 'session_lifetime'?\n",
    });
    const { code, stderr } = await run('tenant', 'show', '--field', 'colour');
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Available fields: name, issuer,'),
    });
  });
});

describe('tenant set-lifetime', () => {
  it.each([
    ['45s', 45, '45 seconds'],
    ['90m', 5400, '90 minutes'],
    ['12h', 43_200, '12 hours'],
    ['30d', 2_592_000, '30 days'],
    ['1y', 31_536_000, '1 year'],
    ['86400', 86_400, '1 day'],
    ['1', 1, '1 second'],
  ])('sends %s as %i seconds and reports it', async (duration, seconds, words) => {
    const { done } = await freshMachine();
    const { stdout } = await done('tenant', 'set-lifetime', duration);
    expect(stdout).toContain(`Session lifetime: ${words} (${seconds} seconds)\n`);
    if (duration === '30d') expect(stdout).toContain('No changes: localhost:4400 is already set this way\n');
    else expect(stdout).toContain(`sent  PATCH /api/v2/tenants/settings {"anonymous_session_lifetime":${seconds}}\n`);
    expect((await done('tenant', 'show', '--field', 'session_lifetime')).stdout).toBe(`${seconds}\n`);
  });

  it("sends 'never' as 0, and warns", async () => {
    const { done } = await freshMachine();
    const { stdout, stderr } = await done('tenant', 'set-lifetime', 'never');
    expect(stdout).toContain('never expires (0)');
    expect(stdout).toContain('{"anonymous_session_lifetime":0}');
    expect(stderr).toMatch(/^warning: Without expiry, .* 30 days or longer/);
  });

  it.each([
    ['86399', true],
    ['23h', true],
    ['24h', false],
    ['30d', false],
  ])('warns of a lifetime under 24 hours: %s, %s', async (duration, warned) => {
    const { done } = await freshMachine();
    const { stderr } = await done('tenant', 'set-lifetime', duration);
    if (warned) expect(stderr).toMatch(/^warning: With less than 24 hours, .* Recommended: 30 days or longer\.\n$/);
    else expect(stderr).toBe('');
  });

  it('reports in JSON what was sent, with the warning on stderr', async () => {
    const { done } = await freshMachine();
    const { json, stderr } = await done('tenant', 'set-lifetime', '1h', '--json');
    expect(json).toMatchObject({
      session_lifetime: 3600,
      dry_run: false,
      changes: [{ subject: 'tenant settings', member: 'anonymous_session_lifetime', before: 2_592_000, after: 3600 }],
      requests: [{ method: 'PATCH', path: '/api/v2/tenants/settings', body: { anonymous_session_lifetime: 3600 } }],
    });
    expect(JSON.parse(stderr)).toEqual({ warnings: [expect.stringMatching(/^With less than 24 hours/)] });
  });

  it.each([
    ['366d', 'Session lifetime 366d is out of range: at most 365d (1 year).', 'Choose 1 second to 1 year.'],
    ['2y', 'Session lifetime 2y is out of range: at most 1y (365 days).', 'Choose 1 second to 1 year.'],
    ['30x', "'30x' is not a valid duration.", 'Examples: 30d, 12h, 3600 (seconds) or never'],
    ['-5', "'-5' is not a valid duration.", 'Examples: 30d'],
    ['1.5h', "'1.5h' is not a valid duration.", 'Examples: 30d'],
    ['', "'' is not a valid duration.", 'Examples: 30d'],
    ['Never', "'Never' is not a valid duration.", 'or never'],
  ])('refuses %s before any call', async (duration, message, hint) => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const { code, jsonError } = await machine.run('tenant', 'set-lifetime', duration, '--json');
    expect(jsonError).toMatchObject({ code: 'usage', message, exit_code: 2 });
    expect(code).toBe(2);
    expect(jsonError.hint).toContain(hint);
    expect(tenant.requests).toEqual([]);
  });

  it('changes no other settings', async () => {
    const { done, store } = await freshMachine();
    const before = await store.get('tenant', 'settings');
    await done('tenant', 'set-lifetime', '7d');
    expect(await store.get('tenant', 'settings')).toEqual({ ...before, anonymous_session_lifetime: 604_800 });
  });
});

describe('tenant set-format', () => {
  it.each([
    ['jwt', 'JWT'],
    ['jwe', 'JWE'],
    ['JWT', 'JWT'],
  ])('sends %s', async (format, shown) => {
    const { done, store } = await freshMachine();
    const other = format.toLowerCase() === 'jwt' ? 'jwe' : 'jwt';
    const settings = await store.get('tenant', 'settings');
    await store.write((writer) =>
      writer.put('tenant', 'settings', { ...settings, anonymous_session_token_format: other }),
    );
    const { stdout } = await done('tenant', 'set-format', format);
    expect(stdout).toContain(`Session token format: ${shown}\n`);
    expect(stdout).toContain(
      `PATCH /api/v2/tenants/settings {"anonymous_session_token_format":"${format.toLowerCase()}"}`,
    );
  });

  it('warns about JWT, which anyone can read, but not about JWE', async () => {
    const { done } = await freshMachine();
    expect((await done('tenant', 'set-format', 'jwt')).stderr).toMatch(/^warning: Anyone who holds .* use JWE in prod/);
    expect((await done('tenant', 'set-format', 'jwe')).stderr).toBe('');
  });

  it('reports in JSON what it sent', async () => {
    const { done } = await freshMachine();
    expect((await done('tenant', 'set-format', 'jwt', '--json')).json).toMatchObject({
      session_token_format: 'jwt',
      requests: [{ method: 'PATCH', body: { anonymous_session_token_format: 'jwt' } }],
    });
    expect((await done('tenant', 'set-format', 'jwt', '--field', 'requests')).stdout).toBe('[]\n');
  });

  it.each([
    ['jws', 'Did you mean jwe?'],
    ['opaque', 'Choose jwe or jwt.'],
  ])('refuses %s before any call', async (format, hint) => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    expect(await machine.run('tenant', 'set-format', format)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `error: Unknown session token format '${format}'.\nhint:  ${hint}\n`,
    });
    expect(tenant.requests).toEqual([]);
  });
});

describe('what the tenant commands parse', () => {
  it('are one argument and global options', async () => {
    expect(await parsed(tenantShowCommand)).toEqual([{}]);
    expect(await parsed(tenantSetLifetimeCommand, '30d', '--json')).toEqual(['30d', { json: true }]);
    expect(await parsed(tenantSetFormatCommand, '--profile', 'acme', 'jwe', '--edition', 'preview')).toEqual([
      'jwe',
      { profile: 'acme', edition: 'preview' },
    ]);
  });

  it.each([
    [[], "Missing required argument 'duration'."],
    [['30d', '40d'], 'Too many arguments. Expected 1 argument but got 2.'],
    [['30d', '--jsn'], "Unknown option '--jsn'."],
  ])('are nothing else: %j', async (args, message) => {
    await expect(parsed(tenantSetLifetimeCommand, ...args)).rejects.toMatchObject({ code: 'usage', message });
  });
});
