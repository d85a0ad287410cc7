import { describe, expect, it } from 'vitest';
import { isPassword, passwordProblem } from '../../../../src/local/users/password.ts';
import { freshMachine, type Machine, servedTenant, useRemote } from '../../../support/command.ts';

const add = (machine: Machine, ...more: string[]) => machine.done('local', 'user', 'add', ...more);

describe('local user add', () => {
  it('creates a user with a new password, which it prints once', async () => {
    const machine = await freshMachine();
    const { stdout } = await add(machine, 'Jane@Example.com');
    const [, password = ''] = /^ {2}password +(\S+)$/m.exec(stdout) ?? [];
    expect(stdout).toContain('The password is not shown again.');
    expect(passwordProblem(password)).toBeUndefined();
    const [saved] = await machine.store.list('user');
    expect(saved).toMatchObject({ email: 'jane@example.com', email_verified: false });
    expect(await isPassword(saved, password)).toBe(true);
    expect((await machine.done('local', 'user', 'show', 'jane@example.com')).stdout).not.toContain(password);
  });

  it('takes a password from stdin or a file, and repeats it nowhere', async () => {
    const machine = await freshMachine();
    machine.terminal.stdin = 'Correct-horse1\n';
    const first = await add(machine, 'jane@example.com', '--password', '-', '--json');
    const second = await add(machine, 'joe@example.com', '--password', `@${machine.file('p.txt', 'Correct-horse2')}`);
    expect(first.stdout + second.stdout).not.toContain('Correct');
    expect(first.json).not.toHaveProperty('password');
    const [jane, joe] = await machine.store.list('user');
    expect(await isPassword(jane, 'Correct-horse1')).toBe(true);
    expect(await isPassword(joe, 'Correct-horse2')).toBe(true);
  });

  it('refuses a password of several lines, which nobody could type', async () => {
    const machine = await freshMachine();
    const file = machine.file('p.txt', 'Correct-horse1\nCorrect-horse1\n');
    const { code, stderr } = await machine.run('local', 'user', 'add', 'jane@example.com', '--password', `@${file}`);
    expect([code, stderr]).toEqual([2, expect.stringContaining('has several lines; expected a value for --password.')]);
    expect(stderr).not.toContain('Correct');
  });

  it('takes what else a user has', async () => {
    const machine = await freshMachine();
    const options = ['--name', 'Jane', '--id', 'jane', '--email-verified'];
    const metadata = [
      '--user-metadata',
      'language=de',
      '--user-metadata',
      'size.shoe:=40',
      '--app-metadata',
      'plan=full',
    ];
    expect((await add(machine, 'jane@example.com', ...options, ...metadata, '--json')).json).toMatchObject({
      user_id: 'auth0|jane',
      name: 'Jane',
      email_verified: true,
      user_metadata: { language: 'de', size: { shoe: 40 } },
      app_metadata: { plan: 'full' },
    });
  });

  it.each<[string[], string]>([
    [['jane@example.com'], "User 'jane@example.com' already exists."],
    [['joe@example.com', '--id', 'jane'], "or another with the id 'auth0|jane', already exists."],
    [['joe@example.com', '--id', 'auth0|joe'], 'hint: Leave auth0| out: joe'],
    [['joe'], "'joe' is not an e-mail address."],
    [['joe@example.com', '--password', 'Correct-horse1'], "--password can't be given on the command line"],
    [['joe@example.com', '--password', '-'], 'The password is too weak.'],
    [['joe@example.com', '--user-metadata', 'x'], '--user-metadata takes key=value'],
    [['joe@example.com', '--app-metadata', 'x:=y'], 'The value of --app-metadata x:= is not valid JSON.'],
    [['joe@example.com', '--app-metadata', '__proto__=x'], "Metadata can't have the key '__proto__'."],
  ])('is a usage error: %j', async (args, message) => {
    const machine = await freshMachine();
    await add(machine, 'jane@example.com', '--id', 'jane');
    machine.terminal.stdin = '12345678';
    const { code, stderr } = await machine.run('local', 'user', 'add', ...args);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message);
    expect(stderr).not.toContain('Correct-horse1');
    expect(code).toBe(2);
    expect(await machine.store.list('user')).toHaveLength(1);
  });
});

describe('the users of the local tenant', () => {
  it('are listed, in the order of their creation', async () => {
    const machine = await freshMachine();
    machine.terminal.interactive = true;
    expect((await machine.done('local', 'user', 'list')).stdout).toContain('anon-cli local user add');
    machine.terminal.interactive = false;
    for (const email of ['jane@example.com', 'amy@example.com']) await add(machine, email);
    expect((await machine.done('local', 'user', 'list', '--field', '*.email')).stdout).toBe(
      'jane@example.com\namy@example.com\n',
    );
  });

  it('are all listed, however many there are', async () => {
    const machine = await freshMachine();
    await machine.store.write((writer) => {
      for (let index = 0; index < 1001; index++) {
        writer.put('user', `auth0|${index}`, { user_id: `auth0|${index}`, email: `u${index}@example.com` });
      }
    });
    expect((await machine.done('local', 'user', 'list', '--json')).json).toHaveLength(1001);
  });

  it.each(['jane@example.com', 'JANE@example.com', 'auth0|jane'])('are found as %s', async (reference) => {
    const machine = await freshMachine();
    await add(machine, 'jane@example.com', '--id', 'jane');
    expect((await machine.done('local', 'user', 'show', reference, '--json')).json).toMatchObject({
      user_id: 'auth0|jane',
    });
  });

  it('are not found under another name, with the most similar one', async () => {
    const machine = await freshMachine();
    await add(machine, 'jane@example.com');
    expect(await machine.run('local', 'user', 'show', 'jame@example.com')).toMatchObject({
      code: 1,
      stderr:
        "error: User 'jame@example.com' not found.\n" +
        "hint:  Did you mean 'jane@example.com'? To see all: anon-cli local user list\n",
    });
  });

  it('are removed after a question, or with --yes', async () => {
    const machine = await freshMachine();
    await add(machine, 'jane@example.com');
    const remove = (...more: string[]) => machine.run('local', 'user', 'remove', 'jane@example.com', ...more);
    expect(await remove()).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    machine.terminal.interactive = true;
    machine.answers.push(false);
    expect(await remove()).toMatchObject({ code: 1 });
    expect(machine.questions).toEqual(["User jane@example.com can't be restored. Delete?"]);
    expect(await machine.store.list('user')).toHaveLength(1);
    expect(await remove('--yes')).toMatchObject({ code: 0 });
    expect(await machine.store.list('user')).toEqual([]);
  });

  it('are those of the local tenant whatever the current profile is, and no other has them', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const remote = (await machine.done('status', '--json')).json.profile;
    await add(machine, 'jane@example.com');
    expect(await machine.store.list('user')).toHaveLength(1);
    const before = tenant.requests.length;
    for (const args of [
      ['add', 'joe@example.com'],
      ['list'],
      ['show', 'jane@example.com'],
      ['remove', 'jane@example.com'],
    ]) {
      const { code, stderr } = await machine.run('local', 'user', ...args, '--profile', remote);
      expect(stderr.replaceAll(/\s+/g, ' ')).toContain('this command is for the local tenant only.');
      expect(code).toBe(7);
    }
    expect(tenant.requests).toHaveLength(before);
    expect((await machine.done('local', 'user', 'list', '--profile', 'local', '--json')).json).toHaveLength(1);
  });
});
