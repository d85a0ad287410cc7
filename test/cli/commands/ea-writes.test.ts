import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/cli/program/commands.ts';
import {
  changeDocument,
  documentNamed,
  freshMachine,
  type Machine,
  type ServedTenant,
  servedTenant,
  useRemote,
} from '../../support/command.ts';

async function eaMachine(): Promise<{ machine: Machine; tenant: ServedTenant }> {
  const machine = await freshMachine();
  const tenant = await servedTenant(machine.clock, { edition: 'ea' });
  await useRemote(machine, tenant);
  return { machine, tenant };
}

const writesOf = ({ requests }: ServedTenant) =>
  requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/v2/'));

/** Every command that writes to the Management API, in an order in which each has something to write. */
const walk = [
  ['tenant set-lifetime', ['7d']],
  ['tenant set-cookie', ['off']],
  ['app create', ['kiosk', '--type', 'native']],
  ['app create', ['desk', '--enable']],
  ['app enable', ['kiosk']],
  ['app disable', ['kiosk']],
  ['app origins add', ['kiosk', 'http://localhost:3000']],
  ['app origins remove', ['kiosk', 'http://localhost:3000']],
  ['app callbacks add', ['kiosk', 'http://localhost:3000/callback']],
  ['app callbacks remove', ['kiosk', 'http://localhost:3000/callback']],
  ['app logout-urls add', ['kiosk', 'http://localhost:3000']],
  ['app logout-urls remove', ['kiosk', 'http://localhost:3000']],
  ['api create', ['news', '--audience', 'https://news.example', '--scopes', 'read:news,write:news']],
  ['api enable', ['news', '--app', 'kiosk', '--scopes', 'read:news', '--token-lifetime', '2d']],
  ['api scopes add', ['news', 'write:news', '--app', 'kiosk']],
  ['api scopes remove', ['news', 'write:news', '--app', 'kiosk']],
  ['claims set', ['language', 'metadata.language', '--api', 'news']],
  ['claims remove', ['language', '--api', 'news']],
  ['api disable', ['news', '--revoke-grants']],
  ['doctor', ['--app', 'kiosk', '--api', 'news', '--fix', '--scopes', 'read:news', '--yes']],
  [
    'setup',
    [
      ...['--create-app', 'tv', '--create-api', 'shows', '--audience', 'https://shows.example'],
      ...['--scopes', 'read:shows', '--lifetime', '30d', '--no-session', '--yes'],
    ],
  ],
  ['setup', ['--app', 'kiosk', '--api', 'shop', '--scopes', 'read:catalog', '--no-session', '--yes']],
  ['config apply', ['--file', '-', '--yes']],
  ['config undo', ['--yes']],
] as const;

/** On stdin. */
const configuration = "apis: { 'https://news.example': { open: false } }";

/** In edition ea there is no format to set, and a seed does not go through the Management API. */
const elsewhere = ['tenant set-format', 'local seed'];

describe('in edition ea', () => {
  it('covers every command that writes', async () => {
    const writing: string[] = [];
    for (const [path, load] of Object.entries(commands)) {
      const command = await load();
      const writes = Object.hasOwn(command.options ?? {}, '--dry-run');
      // A deletion is sent without a body.
      if (writes && !path.endsWith(' delete')) writing.push(path);
    }
    const walked = new Set<string>([...walk.map(([path]) => path), ...elsewhere]);
    expect(writing.filter((path) => !walked.has(path))).toEqual([]);
  });

  it('no write, dry run or list contains allow_anonymous_access', async () => {
    const { machine, tenant } = await eaMachine();
    machine.terminal.stdin = configuration;
    for (const [path, args] of walk) {
      const before = writesOf(tenant).length;
      const dry = await machine.done(...path.split(' '), ...args, '--dry-run', '--json');
      expect(dry.stdout, path).not.toContain('allow_anonymous_access');
      await machine.done(...path.split(' '), ...args);
      expect(writesOf(tenant).length, `anon-cli ${path} writes`).toBeGreaterThan(before);
    }
    await machine.done('api', 'list');
    for (const { path, body } of tenant.requests) expect(path + body).not.toContain('allow_anonymous_access');
  });

  it('an API is opened and closed by its policy alone', async () => {
    const { machine, tenant } = await eaMachine();
    await machine.done('api', 'enable', 'shop', '--app', 'web', '--scopes', 'read:catalog');
    expect(await documentNamed(tenant.store, 'resource_server', 'shop')).toMatchObject({
      subject_type_authorization: { anonymous_user: { policy: 'require_client_grant' } },
    });
    expect(await documentNamed(tenant.store, 'resource_server', 'shop')).not.toHaveProperty('allow_anonymous_access');
    await machine.done('api', 'disable', 'shop');
    expect(await documentNamed(tenant.store, 'resource_server', 'shop')).toMatchObject({
      subject_type_authorization: { anonymous_user: { policy: 'deny_all' } },
    });
  });

  const short =
    /^warning: A tenant may refuse access token lifetimes under 1 day \(86400 seconds\); this one is 1 hour\.\n/;

  it.each([[[]], [['--dry-run']]])('a token lifetime under a day causes a warning before the call %j', async (more) => {
    const { machine, tenant } = await eaMachine();
    const open = ['api', 'enable', 'shop', '--app', 'web', '--scopes', 'read:catalog', '--token-lifetime'];
    expect((await machine.done(...open, '1h', ...more)).stderr).toMatch(short);
    expect((await machine.done(...open, '1d', ...more)).stderr).toBe('');
    expect(writesOf(tenant).length > 0).toBe(more.length === 0);
  });

  it("the warning comes before the tenant's refusal", async () => {
    const machine = await freshMachine();
    const refusal = { statusCode: 400, error: 'Bad Request', message: 'Value 3600 is less than minimum 86400' };
    const tenant = await servedTenant(machine.clock, {
      edition: 'ea',
      answer: (request) => (request.method === 'PATCH' ? Response.json(refusal, { status: 400 }) : undefined),
    });
    await useRemote(machine, tenant);
    const { code, stderr } = await machine.run(
      ...['api', 'enable', 'shop', '--app', 'web', '--scopes', 'read:catalog', '--token-lifetime', '1h'],
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(short);
    expect(stderr).toContain('Value 3600 is less than minimum 86400');
  });

  it.each([
    ['2y', 'at most 1y (365 days)'],
    ['9999h', 'at most 8760h (1 year)'],
    ['30s', 'at least 60s (1 minute)'],
    ['0', 'at least 60s (1 minute)'],
  ])('tenant set-lifetime %s reports the bounds of ea in the given unit', async (lifetime, bound) => {
    const { machine, tenant } = await eaMachine();
    await machine.done('tenant', 'show');
    const expected = {
      code: 2,
      stderr:
        `error: Session lifetime ${lifetime} is out of range: ${bound}.\n` +
        'hint:  Choose 1 minute to 1 year, in whole minutes (1 to 525600).\n',
    };
    expect(await machine.run('tenant', 'set-lifetime', lifetime)).toMatchObject(expected);
    const setup = [
      'setup',
      '--app',
      'web',
      '--api',
      'shop',
      '--scopes',
      'read:catalog',
      '--yes',
      '--lifetime',
      lifetime,
    ];
    expect((await machine.run(...setup)).stderr).toContain(`is out of range: ${bound}.`);
    expect(writesOf(tenant)).toEqual([]);
  });

  it('the bounds of ea are also reported before the edition is known', async () => {
    const { machine, tenant } = await eaMachine();
    expect((await machine.run('tenant', 'set-lifetime', '2y')).stderr).toContain(
      'In edition ea, choose 1 minute to 1 year, in whole minutes (1 to 525600).',
    );
    expect((await machine.run('tenant', 'set-lifetime', '30s')).stderr).toContain('at least 60s (1 minute)');
    expect(writesOf(tenant)).toEqual([]);
  });
});

describe('the gates of edition ea are independent', () => {
  const closeApp = async (tenant: ServedTenant) =>
    await changeDocument(tenant.store, 'client', 'web', {
      oidc_conformant: false,
      anonymous_sessions: { active: false },
    });
  const statesOf = (stdout: string): Record<string, string> =>
    Object.fromEntries(
      JSON.parse(stdout).checks.map(({ check, state }: { check: string; state: string }) => [check, state]),
    );

  it.each([
    ['named', ['--app', 'web']],
    ['the only one there is', []],
  ])('an API is opened with a grant for an application that is not enabled or conformant: %s', async (_, app) => {
    const { machine, tenant } = await eaMachine();
    await closeApp(tenant);
    await machine.done('api', 'enable', 'shop', ...app, '--scopes', 'read:catalog');
    await machine.done('api', 'scopes', 'add', 'shop', 'write:cart', ...app);
    const { code, stdout } = await machine.run('doctor', '--json');
    expect(code).toBe(5);
    expect(statesOf(stdout)).toMatchObject({ app: 'closed', api: 'open', grant: 'open', scopes: 'open' });
  });

  it('one of several disabled applications must be given', async () => {
    const { machine } = await eaMachine();
    await machine.done('app', 'create', 'kiosk');
    expect(await machine.run('api', 'enable', 'shop', '--scopes', 'read:catalog')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^error: No application given, and the tenant has 2: .*\nhint: {2}Choose one: --app\s+<app>/,
      ),
    });
  });

  it('doctor reports each gate separately, with the command that opens it', async () => {
    const { machine, tenant } = await eaMachine();
    await closeApp(tenant);
    const { stdout } = await machine.run('doctor', '--json');
    expect(statesOf(stdout)).toMatchObject({ app: 'closed', api: 'closed', grant: 'closed' });
    await machine.done('app', 'enable', 'web', '--oidc-conformant');
    const later = await machine.run('doctor', '--json');
    expect(statesOf(later.stdout)).toMatchObject({ app: 'open', api: 'closed', grant: 'closed' });
  });

  it("doctor --fix opens the API's gates if the application may not be made conformant, and reports what is left", async () => {
    const { machine, tenant } = await eaMachine();
    await closeApp(tenant);
    const { code, stdout } = await machine.run('doctor', '--fix', '--scopes', 'read:catalog', '--yes', '--json');
    expect(code).toBe(5);
    expect(statesOf(stdout)).toMatchObject({ app: 'closed', api: 'open', grant: 'open', scopes: 'open' });
    expect(JSON.parse(stdout).checks.find(({ check }: { check: string }) => check === 'app').fix).toBe(
      'anon-cli app enable web --oidc-conformant',
    );
    expect(await documentNamed(tenant.store, 'client', 'web')).toMatchObject({ oidc_conformant: false });
    const again = await machine.run('doctor', '--fix', '--yes');
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('--oidc-conformant') });
    await machine.done('doctor', '--fix', '--oidc-conformant', '--yes');
    expect((await machine.done('doctor', '--probe', '--json')).json.ok).toBe(true);
  });
});
