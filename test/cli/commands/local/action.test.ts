import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshMachine, type Machine, openMachine, servedTenant, useRemote } from '../../../support/command.ts';

const code = `exports.onExecutePostLogin = async (event, api) => {
  console.log('cart of', event.anonymous_session?.metadata.cart);
  api.user.setAppMetadata('cart', event.anonymous_session?.metadata.cart ?? null);
  api.idToken.setCustomClaim('https://shop.example/email', event.user.email);
  if (event.secrets.DENY) api.access.deny(event.secrets.DENY.length + ' letters');
  if (event.request.ip === '203.0.113.7') throw new Error('no entry');
};`;

/** A machine with the file of an Action, by its path. */
async function machineWithFile(text = code): Promise<{ machine: Machine; file: string }> {
  const machine = await freshMachine();
  return { machine, file: machine.file('merge-cart.js', text) };
}

describe('local action add', () => {
  it('adds a file, which list and show find, until it is removed', async () => {
    const { machine, file } = await machineWithFile();
    expect((await machine.done('local', 'action', 'add', 'post-login', file)).stdout).toBe(
      '✔ Added Action merge-cart, which runs after each login\nNext: anon-cli local action test merge-cart\n',
    );
    const { json } = await machine.done('local', 'action', 'list', '--json');
    expect(json).toEqual([
      {
        ...{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), name: 'merge-cart', trigger: 'post-login' },
        ...{ file, secrets: [], created_at: '2026-06-01T12:00:00.000Z' },
      },
    ]);
    expect((await machine.done('local', 'action', 'list')).stdout).toBe(`post-login\tmerge-cart\t${file}\n`);
    expect((await machine.done('local', 'action', 'show', json[0].id)).stdout).toContain(file);
    expect((await machine.done('local', 'action', 'remove', 'merge-cart')).stdout).toBe(
      '✔ Removed Action merge-cart from post-login\n',
    );
    expect((await machine.done('local', 'action', 'list', '--json')).json).toEqual([]);
  });

  it('keeps the order in which Actions were added, and refuses a second with the same name', async () => {
    const { machine, file } = await machineWithFile();
    for (const name of ['second', 'first']) {
      await machine.done('local', 'action', 'add', 'post-login', file, '--name', name);
    }
    const { json } = await machine.done('local', 'action', 'list', '--json');
    expect(json.map(({ name }: { name: string }) => name)).toEqual(['second', 'first']);
    const { code: exit, stderr } = await machine.run('local', 'action', 'add', 'post-login', file, '--name', 'first');
    expect([exit, stderr]).toEqual([2, expect.stringContaining("Action 'first' already exists for post-login.")]);
  });

  it.each([
    ['a file that is not there', 'post-login', undefined, /its file does not exist/],
    ['a syntax error', 'post-login', 'exports.a = 1;\nconst = 2;', /Unexpected token '=' \(merge-cart\.js:2\)/],
    [
      'no function for the trigger',
      'pre-user-registration',
      code,
      /its file exports no function onExecutePreUserRegistration/,
    ],
    ['an unknown trigger', 'post-logout', code, /'post-logout' is not a trigger/],
  ])('refuses %s', async (_, trigger, text, problem) => {
    const { machine, file } = await machineWithFile(text);
    const path = text === undefined ? join(machine.folder, 'none.js') : file;
    const { code: exit, stderr } = await machine.run('local', 'action', 'add', trigger, path);
    expect([exit, stderr]).toEqual([2, expect.stringMatching(problem)]);
    expect((await machine.done('local', 'action', 'list', '--json')).json).toEqual([]);
  });

  it('reads secrets from stdin, files and the environment, and never shows them', async () => {
    const { machine, file } = await machineWithFile(
      'exports.onExecutePostLogin = (event) => console.log(Object.values(event.secrets).map((text) => text.length));',
    );
    machine.terminal.stdin = 'from-stdin\n';
    machine.env.FROM_ENV = 'from-env';
    const secrets = ['A=-', `B=@${machine.file('b.txt', 'in-a-file\n')}`, 'FROM_ENV'].flatMap((given) => [
      '--secret',
      given,
    ]);
    const { stdout } = await machine.done('local', 'action', 'add', 'post-login', file, ...secrets, '--json');
    expect(JSON.parse(stdout).secrets).toEqual(['A', 'B', 'FROM_ENV']);
    const shown = await machine.done('local', 'action', 'show', 'merge-cart');
    expect(stdout + shown.stdout).not.toMatch(/from-stdin|in-a-file|from-env/);
    expect((await machine.done('local', 'action', 'test', 'merge-cart')).stdout).toContain('[ 10, 9, 8 ]');
  });

  it('refuses an empty name', async () => {
    const { machine, file } = await machineWithFile();
    const { code: exit, stderr } = await machine.run('local', 'action', 'add', 'post-login', file, '--name', ' ');
    expect([exit, stderr]).toEqual([2, expect.stringContaining('The name is empty.')]);
  });

  it.each([
    ['A=plain', /can't be given on the command line/],
    ['NOT_SET', /The environment has no variable NOT_SET/],
    ['a-b=-', /--secret needs a name of letters, digits and '_'/],
  ])('refuses --secret %s', async (given, problem) => {
    const { machine, file } = await machineWithFile();
    const { code: exit, stderr } = await machine.run('local', 'action', 'add', 'post-login', file, '--secret', given);
    expect([exit, stderr]).toEqual([2, expect.stringMatching(problem)]);
  });
});

describe('local action test', () => {
  it('shows what an Action prints and asks for', async () => {
    const { machine, file } = await machineWithFile();
    await machine.done('local', 'action', 'add', 'post-login', file);
    const { stdout } = await machine.done('local', 'action', 'test', 'merge-cart');
    expect(stdout.replace(/\d+ ms/, '9 ms')).toBe(
      '✔ merge-cart ran for 9 ms\n' +
        '  printed       cart of undefined\n' +
        '  app_metadata  cart = null\n' +
        '  ID token      https://shop.example/email = jane@example.com\n',
    );
    expect((await machine.done('local', 'action', 'test', file, '--json')).json).toEqual({
      ...{ action: 'merge-cart.js', trigger: 'post-login', file, ok: true, failure: null, denied: null },
      commands: [
        { kind: 'app_metadata', name: 'cart', value: null },
        { kind: 'id_token_claim', name: 'https://shop.example/email', value: 'jane@example.com' },
      ],
      printed: [{ level: 'log', text: 'cart of undefined' }],
      duration_ms: expect.any(Number),
    });
  });

  it('shows what is printed line by line, and the beginning of long values', async () => {
    const { machine } = await machineWithFile();
    const run = 'console.warn("a\\n  b\\u001b[2J"); api.user.setAppMetadata("big", "x".repeat(5000));';
    const file = machine.file('prints.js', `exports.onExecutePostLogin = (event, api) => { ${run} };`);
    expect((await machine.done('local', 'action', 'test', file)).stdout.split('\n').slice(1)).toEqual([
      '  printed (warn)  a',
      '  printed (warn)    b\\u001b[2J',
      `  app_metadata    big = ${'x'.repeat(999)}…`,
      '',
    ]);
  });

  it('marks a claim whose name is reserved, which a login ignores', async () => {
    const { machine } = await machineWithFile();
    const set = 'api.idToken.setCustomClaim("sub", "me"); api.accessToken.setCustomClaim("a", 1);';
    const file = machine.file('claims.js', `exports.onExecutePostLogin = (event, api) => { ${set} };`);
    expect((await machine.done('local', 'action', 'test', file)).stdout).toMatch(
      /ID token {6}sub = me \(ignored: the name is reserved\)\n {2}access token {2}a = 1\n$/,
    );
  });

  it('takes the guest of a saved session along', async () => {
    const machine = await openMachine();
    const file = machine.file('merge-cart.js', code);
    await machine.done('token', 'create', '--session', 'cart', '--meta', 'cart=1');
    const { json } = await machine.done('local', 'action', 'test', file, '--session', 'cart', '--json');
    expect(json.commands[0]).toEqual({ kind: 'app_metadata', name: 'cart', value: '1' });
    machine.clock.forward(40 * 24 * 3600);
    expect(await machine.run('local', 'action', 'test', file, '--session', 'cart')).toMatchObject({ code: 3 });
    expect(await machine.run('local', 'action', 'test', file, '--session', 'none')).toMatchObject({ code: 1 });
  });

  it('fails with 1 where the Action denies or fails, and still shows what it did', async () => {
    const { machine, file } = await machineWithFile();
    machine.env.DENY = 'seven';
    const denied = await machine.run('local', 'action', 'test', file, '--secret', 'DENY');
    expect(denied).toMatchObject({ code: 1, stdout: expect.stringContaining('denied        5 letters') });
    expect(denied.stderr).toContain('Action merge-cart.js denied the login: 5 letters.');
    const event = machine.file('event.json', '{"request": {"ip": "203.0.113.7"}}');
    const failed = await machine.run('local', 'action', 'test', file, '--event', event, '--json');
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({ ok: false, failure: 'no entry (merge-cart.js:6)' });
    expect(failed.stderr).toContain('Action merge-cart.js failed: no entry (merge-cart.js:6).');
  });

  it('logs in a user of the tenant', async () => {
    const { machine, file } = await machineWithFile();
    await machine.store.write((writer) =>
      writer.put('user', 'auth0|7', { user_id: 'auth0|7', email: 'joe@example.com', password_hash: 'x' }),
    );
    const { stdout } = await machine.done('local', 'action', 'test', file, '--user', 'Joe@example.com');
    expect(stdout).toContain('joe@example.com');
    expect(await machine.run('local', 'action', 'test', file, '--user', 'nobody')).toMatchObject({ code: 1 });
  });

  it('tests a file for the other trigger, and refuses an event that is not an object', async () => {
    const { machine } = await machineWithFile();
    const file = machine.file(
      'sign-up.js',
      'exports.onExecutePreUserRegistration = (event, api) => api.access.deny("x", "no");',
    );
    const { stderr } = await machine.run('local', 'action', 'test', file, '--trigger', 'pre-user-registration');
    expect(stderr).toContain('denied the sign-up: no.');
    const event = machine.file('event.json', '[1]');
    expect(await machine.run('local', 'action', 'test', file, '--event', event)).toMatchObject({ code: 2 });
    expect(await machine.run('local', 'action', 'test', 'mrege-cart')).toMatchObject({ code: 1 });
    expect(await machine.run('local', 'action', 'test', './none.js')).toMatchObject({
      ...{ code: 2, stdout: '' },
      stderr: expect.stringContaining('./none.js is not an Action: its file does not exist'),
    });
  });
});

describe('at another tenant', () => {
  it.each([['list'], ['show', 'a'], ['remove', 'a'], ['test', 'a.js'], ['add', 'post-login', 'a.js']])(
    'local action %s fails with 7',
    async (...args) => {
      const machine = await freshMachine();
      await useRemote(machine, await servedTenant(machine.clock));
      const { code: exit, stderr } = await machine.run('local', 'action', ...args, '--profile', 'remote');
      expect([exit, stderr]).toEqual([7, expect.stringContaining('--profile local')]);
      expect((await machine.done('local', 'action', 'list', '--json')).json).toEqual([]);
    },
  );
});

it('runs the file as it is at each login', async () => {
  const { machine, file } = await machineWithFile();
  await machine.done('local', 'action', 'add', 'post-login', file);
  writeFileSync(file, 'exports.onExecutePostLogin = () => console.log("changed");');
  expect((await machine.done('local', 'action', 'test', 'merge-cart')).stdout).toContain('changed');
});
