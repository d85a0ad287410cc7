import { describe, expect, it } from 'vitest';
import { doctorCommand } from '../../../../src/cli/commands/doctor/doctor.ts';
import {
  changeDocument,
  freshMachine,
  openMachine,
  parsed,
  servedTenant,
  useRemote,
} from '../../../support/command.ts';

const stateOf = (json: { checks: { check: string; state: string }[] }, name: string) =>
  json.checks.find(({ check }) => check === name)?.state;
const errorIn = (stderr: string) => JSON.parse(stderr).error;

describe.each(['preview', 'ea'] as const)('doctor, edition %s', (edition) => {
  const holder = edition === 'ea' ? ' --app web' : '';

  it('refuses an empty --scopes: it would check nothing and report that guests can get a token', async () => {
    const { run } = await freshMachine();
    expect(await run('doctor', '--scopes', '')).toMatchObject({
      ...{ code: 2, stdout: '', stderr: expect.stringContaining('--scopes is empty.') },
    });
  });

  it('reports that a guest can get a token, and exits with 0', async () => {
    const machine = await openMachine({ edition });
    const { json, stderr } = await machine.done('doctor', '--json');
    expect(json).toMatchObject({
      ok: true,
      verdict: 'A guest of web can get a token for shop: read:catalog write:cart',
      tenant: { profile: 'local', issuer: 'https://localhost:4400/', edition },
      app: { name: 'web' },
      api: { name: 'shop', audience: 'https://api.shop.example' },
      scopes: ['read:catalog', 'write:cart'],
      clock_offset_seconds: 0,
    });
    expect(json.checks).toHaveLength(14);
    const [feature] = json.checks.filter(({ check }: { check: string }) => check === 'feature');
    expect(feature).toMatchObject({ state: 'open', finding: 'the local tenant has anonymous sessions' });
    expect(json.checks[0]).toEqual({
      check: 'reachable',
      state: 'open',
      finding: 'localhost:4400 reports the issuer https://localhost:4400/',
      fix: null,
      advice: null,
    });
    expect(stderr).toBe('');
  });

  it('shows what is closed and how to open it, verdict and commands once each, and exits with 5', async () => {
    const machine = await freshMachine({ edition });
    const { code, stdout, stderr } = await machine.run('doctor');
    expect(code).toBe(5);
    expect(stdout).toMatch(/^✘ closed {3}app {10}web may not create guest sessions$/m);
    expect(stdout).toContain(
      `To fix\n  $ anon-cli app enable web\n  $ anon-cli api enable shop${holder} --scopes read:catalog\n`,
    );
    expect(stdout).toContain('Or all at once\n  $ anon-cli doctor --fix --scopes read:catalog\n');
    const verdict = 'A guest of web cannot get a token for shop: web may not create guest sessions; 2 more gates are';
    expect(stderr.replaceAll(/\s+/g, ' ')).toBe(`error: ${verdict} closed. `);
    const commands = (stdout + stderr).match(/anon-cli .+/g) ?? [];
    expect(commands).toHaveLength(new Set(commands).size);
    expect(stdout).not.toContain('A guest of web');
  });

  it('its commands, run as printed, open the gates', async () => {
    const machine = await freshMachine({ edition });
    const { stdout } = await machine.run('doctor', '--json');
    const fixes = new Set(JSON.parse(stdout).checks.flatMap(({ fix }: { fix: string | null }) => fix ?? []));
    for (const fix of fixes) await machine.done(...String(fix).split(' ').slice(1));
    expect((await machine.done('doctor', '--probe', '--json')).json).toMatchObject({ ok: true });
  });

  it.each([
    ['ambiguous', 'web', 2, "'web' matches 2 applications"],
    ['unknown', 'wbe', 1, "Application 'wbe' not found"],
  ])('does not probe for an %s application', async (_, app, exitCode, finding) => {
    const machine = await openMachine({ edition });
    await machine.done('app', 'create', 'web', '--enable', '--allow-duplicate');
    const { code, stdout } = await machine.run('doctor', '--app', app, '--api', 'shop', '--probe', '--json');
    const { checks } = JSON.parse(stdout);
    const found = (name: string) => checks.find(({ check }: { check: string }) => check === name);
    expect(found('app').finding).toContain(finding);
    expect(found('probe')).toMatchObject({ state: 'skipped', finding: 'needs an application and an API' });
    expect(code).toBe(exitCode);
  });

  it('--probe creates a guest, and saves no session', async () => {
    const machine = await openMachine({ edition });
    const { stdout } = await machine.done('doctor', '--probe');
    expect(stdout).toMatch(/^✔ open {5}probe {8}a guest of web got a token for shop: read:catalog /m);
    expect(await machine.run('token', 'update')).toMatchObject({ code: 1 });
  });

  it('--fix --yes opens what is closed and checks again', async () => {
    const machine = await freshMachine({ edition });
    const { json } = await machine.done('doctor', '--fix', '--yes', '--scopes', 'read:catalog', '--probe', '--json');
    expect(json).toMatchObject({ ok: true, scopes: ['read:catalog'], dry_run: false });
    expect(json.requests.length).toBe(edition === 'ea' ? 3 : 2);
    expect(stateOf(json, 'probe')).toBe('open');
    const again = await machine.done('doctor', '--fix', '--json');
    expect(again.json).toMatchObject({ ok: true, requests: [], changes: [] });
  });

  it('--fix shows the plan and asks on a terminal', async () => {
    const machine = await freshMachine({ edition });
    machine.terminal.interactive = true;
    machine.answers.push(true);
    const { stdout, stderr } = await machine.done('doctor', '--fix', '--scopes', 'read:catalog');
    expect(machine.questions).toEqual([edition === 'ea' ? 'Apply these 3 changes?' : 'Apply these 2 changes?']);
    expect(stderr).toMatch(/^Changes that open the closed gates:\n {2}application web/);
    expect(stdout).toMatch(/^✔ Updated: application web, API shop/);
    expect(stdout).toMatch(/✔ A guest of web can get a token for shop: read:catalog\n/);
  });

  it('--fix that is declined sends nothing', async () => {
    const machine = await freshMachine({ edition });
    machine.terminal.interactive = true;
    machine.answers.push(false);
    const { code, stderr } = await machine.run('doctor', '--fix', '--scopes', 'read:catalog');
    expect(code).toBe(1);
    expect(stderr).toContain('Fix declined; nothing was sent.');
    expect((await machine.run('doctor')).code).toBe(5);
  });

  it('--fix without a terminal needs --yes: 2', async () => {
    const machine = await freshMachine({ edition });
    const { code, jsonError } = await machine.run('doctor', '--fix', '--scopes', 'read:catalog', '--json');
    expect(code).toBe(2);
    expect(jsonError.hint).toBe('Preview it with --dry-run, then pass --yes.');
    expect((await machine.run('doctor')).code).toBe(5);
  });

  it('--fix --dry-run shows the requests and sends none', async () => {
    const machine = await freshMachine({ edition });
    const { stdout } = await machine.done('doctor', '--fix', '--dry-run', '--scopes', 'read:catalog');
    expect(stdout).toMatch(/^dry run: nothing was sent\n {2}application web/);
    expect(stdout).toContain('  would send  PATCH /api/v2/clients/');
    const { json } = await machine.done(
      'doctor',
      '--fix',
      '--dry-run',
      '--scopes',
      'read:catalog',
      '--probe',
      '--json',
    );
    expect(json).toMatchObject({ ok: false, dry_run: true });
    expect(stateOf(json, 'probe')).toBe('skipped');
    expect((await machine.run('doctor')).code).toBe(5);
  });

  it('--fix --dry-run with nothing closed reports no changes', async () => {
    const { stdout } = await (await openMachine({ edition })).done('doctor', '--fix', '--dry-run');
    expect(stdout).toBe('✔ No changes: no gate to open\n');
  });

  it('--fix grants no scopes that were not given', async () => {
    const { code, jsonError } = await (await freshMachine({ edition })).run('doctor', '--fix', '--yes', '--json');
    expect(code).toBe(2);
    expect(jsonError.message).toBe("No scopes given for API 'shop'.");
  });

  it('--scopes checks for the given scopes only', async () => {
    const machine = await openMachine({ edition });
    expect((await machine.run('doctor', '--scopes', 'read:catalog,read:orders')).code).toBe(5);
    await machine.done('doctor', '--scopes', 'read:catalog');
  });

  it('a warning has its command, and does not fail', async () => {
    const machine = await openMachine({ edition });
    await machine.done('tenant', 'set-lifetime', '10d');
    const { stdout } = await machine.done('doctor');
    expect(stdout).toMatch(/^! warning {2}lifetime {5}sessions live 10 days: 30 days or longer is recommended$/m);
    expect(stdout).toContain('Recommended\n  $ anon-cli tenant set-lifetime 30d\n');
  });

  it('--matrix shows which scopes are open where', async () => {
    const machine = await openMachine({ edition });
    expect((await machine.done('doctor', '--matrix')).stdout).toBe('web\tshop\tread:catalog write:cart\topen\n');
    machine.terminal.interactive = true;
    expect((await machine.done('doctor', '--matrix')).stdout).toBe(
      'APPLICATION  shop\nweb          read:catalog\n             write:cart\n',
    );
    expect((await machine.done('doctor', '--matrix', '--json')).json).toEqual([
      {
        app: { client_id: expect.any(String), name: 'web', enabled: true },
        api: { audience: 'https://api.shop.example', name: 'shop', enabled: true },
        scopes: ['read:catalog', 'write:cart'],
        open: true,
      },
    ]);
  });

  it('--matrix can be limited to one application or API', async () => {
    const machine = await openMachine({ edition });
    await machine.done('app', 'create', 'kiosk');
    await machine.done('api', 'create', 'news', '--audience', 'https://news.example');
    const pairs = async (...options: string[]) =>
      (await machine.done('doctor', '--matrix', ...options, '--field', '*.app.name', '--field', '*.api.name')).stdout;
    expect(await pairs()).toBe('web\nshop\n');
    // What is named is shown, closed or not.
    expect(await pairs('--app', 'kiosk')).toBe('kiosk\nshop\n');
    expect(await pairs('--api', 'https://news.example')).toBe('web\nnews\n');
    expect(await pairs('--app', 'kiosk', '--api', 'news')).toBe('kiosk\nnews\n');
    expect(await pairs('--app', 'web', '--all')).toBe('web\nweb\nnews\nshop\n');
    machine.env.ANON_APP = 'kiosk';
    expect(await pairs(), 'the environment does not limit a matrix').toBe('web\nshop\n');
    expect((await machine.run('doctor', '--matrix', '--app', 'kisok')).stderr).toContain("Did you mean 'kiosk'?");
    expect((await machine.run('doctor', '--matrix', '--api', 'https://localhost:4400/api/v2/')).code).toBe(2);
  });

  it('--matrix of a fresh tenant is empty without --all', async () => {
    const machine = await freshMachine({ edition });
    expect((await machine.done('doctor', '--matrix')).stderr).toMatch(/^No application may create guest sessions/);
    expect((await machine.done('doctor', '--matrix', '--all')).stdout).toBe('web\tshop\t\tclosed\n');
    machine.terminal.interactive = true;
    expect((await machine.done('doctor', '--matrix')).stdout).toMatch(/^No application may create guest sessions/);
    expect((await machine.done('doctor', '--matrix', '--all')).stdout).toBe(
      'APPLICATION   shop (closed)\nweb (closed)  -\n',
    );
  });
});

describe('doctor', () => {
  it('lists the candidates when several applications are enabled, and exits with 2', async () => {
    const machine = await openMachine();
    await machine.done('app', 'create', 'kiosk', '--enable');
    const { code, stdout, stderr } = await machine.run('doctor', '--json');
    expect(code).toBe(2);
    expect(stateOf(JSON.parse(stdout), 'app')).toBe('unknown');
    expect(errorIn(stderr)).toMatchObject({
      code: 'usage',
      message: 'No application given, and 2 are enabled: web, kiosk.',
    });
    await machine.done('doctor', '--app', 'kiosk', '--api', 'shop');
  });

  it("uses the profile's application and API", async () => {
    const machine = await openMachine();
    await machine.done('app', 'create', 'kiosk', '--enable');
    await machine.done('profile', 'set', 'app', 'kiosk');
    expect((await machine.done('doctor', '--field', 'app.name')).stdout).toBe('kiosk\n');
  });

  it('suggests a similar application for an unknown one, and exits with 1', async () => {
    const { code, stdout, stderr } = await (await openMachine()).run('doctor', '--app', 'wbe', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout).ok).toBe(false);
    expect(errorIn(stderr).hint).toContain("Did you mean 'web'?");
  });

  it('never shows a token that was passed as a name', async () => {
    const machine = await openMachine();
    const { stdout: token } = await machine.done('token', 'create', '--field', 'access_token');
    const { code, stdout, stderr } = await machine.run('doctor', '--app', token.trim());
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain(token.slice(0, 30));
  });

  it('--probe reads a secret from stdin; a wrong one exits with 4', async () => {
    const machine = await openMachine();
    await machine.done('app', 'create', 'server', '--type', 'regular_web', '--enable');
    machine.terminal.stdin = 'not-the-secret';
    const { code, stdout, stderr } = await machine.run(
      'doctor',
      '--app',
      'server',
      '--probe',
      '--client-secret',
      '-',
      '--json',
    );
    expect(code).toBe(4);
    expect(stateOf(JSON.parse(stdout), 'probe')).toBe('closed');
    expect(errorIn(stderr)).toMatchObject({ code: 'not_authorised', service_error: 'invalid_client' });
    machine.terminal.stdin = undefined;
    await machine.done('doctor', '--app', 'server', '--probe');
  });
});

describe('doctor --fix with a profile marked as production', () => {
  async function productionMachine() {
    const machine = await freshMachine();
    const remote = await servedTenant(machine.clock);
    await useRemote(machine, remote);
    await machine.done('profile', 'set', 'production', 'on');
    machine.terminal.interactive = true;
    const writes = () => remote.requests.filter(({ method }) => method === 'PATCH');
    return { machine, host: new URL(remote.url).host, writes };
  }

  it('shows the plan and asks only for its name', async () => {
    const { machine, host, writes } = await productionMachine();
    machine.replies.push(host);
    const { stderr } = await machine.done('doctor', '--fix', '--scopes', 'read:catalog');
    expect(machine.questions).toEqual([`To confirm, type the tenant's name (${host}):`]);
    expect(stderr).toMatch(/is marked production\. This changes:\n {2}application web/);
    expect(writes()).toHaveLength(2);
  });

  it('sends nothing when the name is wrong', async () => {
    const { machine, writes } = await productionMachine();
    machine.replies.push('yes');
    expect((await machine.run('doctor', '--fix', '--scopes', 'read:catalog')).code).toBe(1);
    expect(writes()).toEqual([]);
  });
});

describe('doctor of a remote tenant', () => {
  it('prints the report when the tenant is unreachable, and exits with 6', async () => {
    const machine = await freshMachine();
    const remote = await servedTenant(machine.clock);
    await useRemote(machine, remote);
    await remote.close();
    const { code, stdout, stderr } = await machine.run('doctor', '--json');
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, app: null, checks: expect.any(Array) });
    expect(stateOf(JSON.parse(stdout), 'reachable')).toBe('closed');
    expect(errorIn(stderr)).toMatchObject({ code: 'tenant_unreachable' });
  });

  it('prints the report when the credentials are refused, and exits with 4', async () => {
    const machine = await freshMachine();
    const remote = await servedTenant(machine.clock);
    await useRemote(machine, remote);
    await changeDocument(remote.store, 'client', remote.credentials.clientId, { client_secret: 'rotated-since-then' });
    const { code, stdout, stderr } = await machine.run('doctor', '--json');
    expect(code).toBe(4);
    expect(stateOf(JSON.parse(stdout), 'credentials')).toBe('closed');
    expect(errorIn(stderr)).toMatchObject({ code: 'not_authorised' });
  });

  it('fixes a tenant of edition ea over HTTP with three writes', async () => {
    const machine = await freshMachine();
    const remote = await servedTenant(machine.clock, { edition: 'ea' });
    await useRemote(machine, remote);
    await machine.done('doctor', '--fix', '--yes', '--scopes', 'read:catalog', '--probe');
    const writes = remote.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/'));
    expect(writes.map(({ method }) => method)).toEqual(['PATCH', 'PATCH', 'POST']);
  });

  it('changes nothing without --fix', async () => {
    const machine = await freshMachine();
    const remote = await servedTenant(machine.clock);
    await useRemote(machine, remote);
    await machine.run('doctor');
    const sent = remote.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path);
    expect(new Set(sent)).toEqual(new Set(['/oauth/token']));
  });
});

describe('the command line of doctor', () => {
  it('takes all options', async () => {
    const [options] = await parsed(
      doctorCommand,
      ...['--app', 'web', '--api', 'shop', '--scopes', 'a,b', '--probe', '--client-secret', '-'],
      ...['--fix', '--oidc-conformant', '--dry-run', '--yes', '--matrix', '--all'],
    );
    expect(options).toEqual({
      app: 'web',
      api: 'shop',
      scopes: 'a,b',
      probe: true,
      clientSecret: '-',
      fix: true,
      oidcConformant: true,
      dryRun: true,
      yes: true,
      matrix: true,
      all: true,
    });
  });

  it.each([
    [['--matrix', '--fix'], "--fix and --matrix can't be combined."],
    [['--matrix', '--probe'], "--probe and --matrix can't be combined."],
    [['--all'], '--all needs --matrix.'],
    [['--yes'], '--yes needs --fix.'],
    [['--dry-run'], '--dry-run needs --fix.'],
    [['--oidc-conformant'], '--oidc-conformant needs --fix.'],
  ])('refuses %j', async (flags, message) => {
    const { code, jsonError } = await (await freshMachine({ seeded: false })).run('doctor', ...flags, '--json');
    expect({ code, message: jsonError.message }).toEqual({ code: 2, message });
  });

  it('--client-secret is not accepted as an argument', async () => {
    const machine = await freshMachine({ seeded: false });
    expect((await machine.run('doctor', '--probe', '--client-secret', 'shh-secret')).code).toBe(2);
  });
});

describe('doctor --origin', () => {
  const origin = 'http://localhost:3000';
  const noUrls = { web_origins: [], allowed_origins: [], callbacks: [] };

  async function openFor(members: object) {
    const machine = await openMachine({ edition: 'ea' });
    await changeDocument(machine.store, 'client', 'web', { ...noUrls, ...members });
    return machine;
  }

  it('shows the gate, the command that opens it, and exits with 5', async () => {
    const { run, terminal } = await openFor({});
    terminal.interactive = true;
    const { code, stdout, stderr } = await run('doctor', '--origin', origin);
    expect(code).toBe(5);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `✘ closed origin web does not allow pages on ${origin}; the answer to a preflight lacks access-control-allow-origin`,
    );
    expect(stdout).toContain(`To fix\n  $ anon-cli app origins add web ${origin}\n`);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`error: A page on ${origin} cannot get a guest of web: `);
  });

  it('opens with the command that it prints, and with --fix', async () => {
    const { run, done } = await openFor({});
    const { json } = await run('doctor', '--origin', origin, '--json');
    const { fix } = json.checks.find(({ check }: { check: string }) => check === 'origin');
    expect(fix).toBe(`anon-cli app origins add web ${origin}`);
    await done(...fix.split(' ').slice(1));
    expect((await done('doctor', '--origin', origin)).stdout).toContain(
      `✔ A guest of web can get a token for shop, on pages of ${origin} too: `,
    );
    const other = 'https://app.example.com';
    const fixed = await done('doctor', '--origin', other, '--fix', '--yes', '--json');
    expect(fixed.json).toMatchObject({
      ok: true,
      changes: [{ member: 'web_origins', before: [origin], after: [origin, other] }],
    });
    expect((await done('doctor', '--origin', other, '--fix', '--dry-run')).stdout).toBe(
      '✔ No changes: no gate to open\n',
    );
  });

  it('does not open with --fix what a native application has no use for', async () => {
    const { done } = await openFor({ app_type: 'native' });
    const { json } = await done('doctor', '--json');
    expect(json.checks.map(({ check }: { check: string }) => check)).not.toContain('origin');
  });

  it.each([
    ['localhost:3000', "Invalid origin 'localhost:3000': it has no scheme.", `Did you mean ${origin}?`],
    ['http://localhost:*', expect.stringContaining('a page has exactly one origin'), 'Example: http://localhost:3000'],
    ['https://*.example.com', expect.stringContaining('a page has exactly one origin'), expect.any(String)],
    ['', 'The origin is empty.', expect.any(String)],
  ])('refuses %j before any request', async (text, message, hint) => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const refused = await machine.run('doctor', '--origin', text, '--json');
    expect(refused.code).toBe(2);
    expect(refused.jsonError).toMatchObject({ code: 'usage', message, hint });
    expect(tenant.requests).toEqual([]);
  });

  it("can't be combined with --matrix", async () => {
    const { run } = await freshMachine();
    expect(await run('doctor', '--origin', origin, '--matrix')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--origin and --matrix can't be combined."),
    });
  });

  it('checks a tenant elsewhere over HTTP, and shows the request with --debug', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock, { edition: 'ea' });
    await changeDocument(tenant.store, 'client', 'web', { ...noUrls, web_origins: [origin] });
    await useRemote(machine, tenant);
    const { stdout, stderr } = await machine.run('doctor', '--origin', origin, '--debug');
    expect(stdout).toMatch(/✔ open +origin/);
    expect(stderr).toMatch(/OPTIONS \/anonymous\/token 204 /);
  });
});
