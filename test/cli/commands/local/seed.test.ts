import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freshMachine, type Machine } from '../../../support/command.ts';

const world = `apps:
  web: { client-id: pinned, enabled: true }
apis:
  https://shop.example/api: { open: true, scopes: [read:catalog] }
users:
  jane@example.com: {}
guests:
  anna: { id: anna, metadata: { language: de } }
`;

/** A machine with a world. */
async function machineWith(text = world, options = {}): Promise<{ machine: Machine; file: string }> {
  const machine = await freshMachine(options);
  return { machine, file: machine.file('world.yaml', text) };
}

describe('local seed', () => {
  it('puts a world into the tenant, and changes nothing a second time', async () => {
    const { machine, file } = await machineWith();
    const { stdout } = await machine.done('local', 'seed', file);
    expect(stdout.replace(/Aa1!\S+/, 'PASSWORD')).toMatchInlineSnapshot(`
      "✔ Put world.yaml into the local tenant
        ~ application web
        + API https://shop.example/api
        + user jane@example.com
        + guest anna
      New passwords, which are not shown again:
        jane@example.com  PASSWORD
      Next: anon-cli session list
      "
    `);
    const before = readFileSync(machine.statePath);
    expect((await machine.done('local', 'seed', file)).stdout).toBe(
      'No changes: the local tenant already has world.yaml.\n',
    );
    expect(readFileSync(machine.statePath)).toEqual(before);
    expect((await machine.done('session', 'list', '--json')).json).toMatchObject([
      { name: 'anna', guest_id: 'anon|anna' },
    ]);
    const get = ['token', 'get', '--session', 'anna', '--field', 'access_token'];
    machine.terminal.stdin = (await machine.done(...get)).stdout;
    expect((await machine.run('token', 'verify', '-', '--guest')).code).toBe(0);
  });

  it('reports every problem in its place, and changes nothing', async () => {
    const { machine, file } = await machineWith(`${world}tenent: {}\n`);
    const before = readFileSync(machine.statePath);
    const first = await machine.run('local', 'seed', file);
    expect([first.code, first.stdout]).toEqual([2, '']);
    expect(first.stderr).toContain(`${file}:9:1: error: Unknown key 'tenent'.\n  hint: Did you mean 'tenant'?\n`);
    const noAction = machine.file('world.yaml', `${world}actions:\n  post-login: [{ file: cart.js }]\n`);
    expect((await machine.run('local', 'seed', noAction, '--json')).jsonError).toMatchObject({
      code: 'usage',
      problems: [{ file, line: 10, column: 24, severity: 'error', message: expect.stringContaining('not an Action') }],
    });
    const closed = machine.file('world.yaml', world.replace('open: true', 'open: false'));
    expect((await machine.run('local', 'seed', closed, '--json')).jsonError.problems).toMatchObject([{ line: 8 }]);
    expect(readFileSync(machine.statePath)).toEqual(before);
  });

  it('reports together what is wrong with the form, and a variable without a value', async () => {
    const text = `apps: { web: { enabled: maybe } }\nusers: { jane@example.com: { password: "\${NO_SUCH}" } }\n`;
    const { machine, file } = await machineWith(text);
    expect((await machine.run('local', 'seed', file, '--json')).jsonError.problems).toMatchObject([
      { line: 1, message: "'enabled' must be true or false, not the text 'maybe'." },
      { line: 2, message: 'The environment variable NO_SUCH is not set.' },
    ]);
  });

  it('reports together what the edition does not have, what is there twice, Actions, users and guests', async () => {
    const text = `tenant: { cookie: true }
apps:
  web: { client-id: a, enabled: true }
  web2: { client-id: a }
apis: { https://shop.example/api: { open: true } }
users: { jane@example.com: { password: short } }
actions: { post-login: [{ file: none.js }] }
guests: { anna: { app: nobody } }
`;
    const { machine, file } = await machineWith(text, { seeded: false });
    const { jsonError } = await machine.run('local', 'seed', file, '--reset', '--json');
    expect(jsonError.problems).toMatchObject([
      { line: 1, message: 'Edition preview has no cookie.' },
      { line: 4, message: 'Another application here has this client id.' },
      { line: 6, message: expect.stringContaining('at least 8 characters') },
      { line: 7, message: expect.stringContaining('not an Action') },
      { line: 8, message: "The tenant has no application 'nobody' for this guest." },
    ]);
    expect(existsSync(machine.statePath)).toBe(false);
  });

  it('says which word of a world lets guests in', async () => {
    const closed = { app: world.replace(', enabled: true', ''), api: world.replace('open: true', 'open: false') };
    const { machine, file } = await machineWith(closed.app);
    expect((await machine.run('local', 'seed', file)).stderr).toContain(
      'hint: Let the application have guests: enabled: true',
    );
    const other = machine.file('world.yaml', closed.api);
    expect((await machine.run('local', 'seed', other)).stderr).toContain('hint: Let the API accept guests: open: true');
  });

  it('adds an Action from a path beside the world', async () => {
    const { machine, file } = await machineWith('actions: { post-login: [{ file: cart.js }] }');
    const path = machine.file('cart.js', 'exports.onExecutePostLogin = async () => {};');
    await machine.done('local', 'seed', file);
    expect((await machine.done('local', 'action', 'list', '--json')).json).toMatchObject([
      { name: 'cart', file: path },
    ]);
  });

  it('starts over with --reset, which asks first', async () => {
    const { machine, file } = await machineWith();
    await machine.done('local', 'user', 'add', 'old@example.com');
    await machine.done('quickstart');
    const refused = await machine.run('local', 'seed', file, '--reset', '--json');
    expect(refused.jsonError).toMatchObject({ code: 'usage', hint: 'To confirm, pass --yes.' });
    const options = ['--reset', '--yes', '--edition', 'ea', '--seed-random', '42', '--json'];
    const { json, stderr } = await machine.done('local', 'seed', file, ...options);
    expect(json).toMatchObject({ edition: 'ea', reset: true, guests: [{ session: 'anna', client_id: 'pinned' }] });
    expect(stderr).toContain('anyone can make its tokens');
    expect((await machine.done('local', 'user', 'list', '--json')).json).toMatchObject([{ email: 'jane@example.com' }]);
    expect((await machine.done('session', 'list', '--json')).json).toMatchObject([{ name: 'anna' }]);
  });

  it('makes a new tenant where there is none, in the edition of the world', async () => {
    const { machine } = await machineWith(world, { seeded: false });
    const text = JSON.stringify({ edition: 'ea', apps: { own: { enabled: true } } });
    machine.terminal.stdin = text;
    const { json } = await machine.done('local', 'seed', '-', '--json');
    expect(json).toMatchObject({ edition: 'ea', changes: [{ kind: 'app', name: 'own', change: 'created' }] });
    expect((await machine.done('app', 'list', '--json')).json).toMatchObject([{ name: 'own', enabled: true }]);
    const { stdout } = await machine.done('local', 'seed', '-');
    expect(stdout).toBe('No changes: the local tenant already has the world from stdin.\n');
  });

  it.each([
    [['--seed-random', '1'], 'usage', '--seed-random is for a new tenant: it needs --reset.'],
    [['--edition', 'ea'], 'edition_unsupported', 'The local tenant uses edition preview, not ea.'],
    [['--profile', 'other'], 'edition_unsupported', /this command is for the local tenant only/],
  ])('refuses %j', async (options, code, message) => {
    const { machine, file } = await machineWith();
    await machine.run('login', 'other', '--domain', 'acme.eu.auth0.com', '--no-check');
    const { jsonError } = await machine.run('local', 'seed', file, ...options, '--json');
    expect(jsonError).toMatchObject({
      code,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });

  it.each([
    ['edition: ea', [], 'The local tenant uses edition preview.'],
    ['edition: ea', ['--edition', 'preview'], 'This world is for edition ea, and edition preview is asked for.'],
    ['tenant: { cookie: true }', [], 'Edition preview has no cookie.'],
  ])('places the problem of %j with %j', async (text, options, message) => {
    const { machine, file } = await machineWith(text);
    expect((await machine.run('local', 'seed', file, ...options, '--json')).jsonError.problems).toMatchObject([
      { line: 1, message },
    ]);
  });

  it('saves nothing with --no-save, and then prints the tokens of guests', async () => {
    const { machine, file } = await machineWith();
    const { json } = await machine.done('local', 'seed', file, '--no-save', '--json');
    expect(json.guests).toMatchObject([{ session: 'anna', access_token: expect.any(String) }]);
    expect((await machine.done('session', 'list', '--json')).json).toEqual([]);
    machine.env.ANON_SAVE = '0';
    expect((await machine.done('local', 'seed', file, '--json')).json.guests).toMatchObject([{ session: 'anna' }]);
    expect((await machine.done('session', 'list', '--json')).json).toEqual([]);
  });

  it('keeps the default application of the profile, which has another client id then', async () => {
    const { machine, file } = await machineWith();
    await machine.done('profile', 'set', 'app', 'web', '--profile', 'local');
    await machine.done('local', 'seed', file);
    const created = await machine.done('token', 'create', '--api', 'https://shop.example/api', '--no-save', '--json');
    expect(created.json.app).toMatchObject({ client_id: 'pinned' });
  });

  it('shows with --dry-run what would change, and changes nothing', async () => {
    const { machine, file } = await machineWith();
    const before = readFileSync(machine.statePath);
    const { stdout } = await machine.done('local', 'seed', file, '--dry-run');
    expect(stdout).toContain('+ guest anna\nNothing was changed (--dry-run).');
    expect(readFileSync(machine.statePath)).toEqual(before);
    expect((await machine.done('session', 'list', '--json')).json).toEqual([]);
  });

  it.each([[['--dry-run']], [['--dry-run', '--reset']]])('creates no tenant with %j', async (options) => {
    const machine = await freshMachine({ seeded: false });
    const { stdout } = await machine.done('local', 'seed', machine.file('world.yaml', 'apps: {web: {}}'), ...options);
    expect(stdout).toContain('+ application web\nNothing was changed (--dry-run).');
    expect(existsSync(machine.statePath)).toBe(false);
  });
});
