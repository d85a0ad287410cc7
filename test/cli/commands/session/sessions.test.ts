import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshMachine, type Machine, openMachine, servedTenant, useRemote } from '../../../support/command.ts';

const day = 86_400;

/** A machine that keeps sessions of these names, the last one current. */
async function keeping(...names: string[]): Promise<Machine> {
  const machine = await openMachine();
  for (const name of names) await machine.done('token', 'create', '--session', name, '--meta', `of=${name}`);
  return machine;
}

async function namesOf(machine: Machine): Promise<string[]> {
  return (await machine.done('session', 'list', '--json')).json.map(({ name }: { name: string }) => name);
}

describe('session list', () => {
  it('shows each with its guest, audience, metadata and remaining lifetime, and no token', async () => {
    const machine = await keeping('cart', 'other');
    const { json } = await machine.done('session', 'list', '--json');
    expect(json).toMatchObject([
      {
        ...{ name: 'cart', current: false, app: { name: 'web' }, metadata: { of: 'cart' }, expired: false },
        ...{ api: { name: 'shop', audience: 'https://api.shop.example' }, scope: null, never_expires: false },
        ...{ session_expires_in: 30 * day, access_token_expires_in: day, guest_id: expect.stringMatching(/^anon\|/) },
      },
      { name: 'other', current: true },
    ]);
    expect((await machine.done('session', 'list')).stdout).toMatch(
      /^\tcart\tanon\|\S+\tweb\tshop\tin 30 days\tin 1 day\t\{"of":"cart"\}\n\*\tother\t/,
    );
    Object.assign(machine.terminal, { interactive: true, columns: 140 });
    const { stdout } = await machine.done('session', 'list');
    expect(stdout).toMatch(/^ +SESSION +GUEST +APP +API +SESSION ENDS +ACCESS TOKEN +METADATA\n/);
    expect(stdout).toMatch(/^ {3}cart +anon\|\S+ +web +shop +in 30 days +in 1 day +\{"of":"cart"\}$/m);
    expect(stdout).toMatch(/^\* {2}other /m);
  });

  it('prints a block per session if a line would not fit the terminal, and breaks no id', async () => {
    const machine = await keeping('cart');
    const metadata = `{"of":"cart","note":"${'x'.repeat(20)}"}`;
    await machine.done('token', 'update', '--meta', `note=${'x'.repeat(20)}`);
    Object.assign(machine.terminal, { interactive: true, columns: 80 });
    const narrow = (await machine.done('session', 'list')).stdout;
    expect(narrow).not.toMatch(/.{81,}/);
    expect(narrow).toMatch(/^\* cart\n {2}guest +anon\|[\da-f-]{36}\n {2}app +web\n/);
    expect(narrow).toContain(metadata);
    Object.assign(machine.terminal, { columns: 200 });
    expect((await machine.done('session', 'list')).stdout).toMatch(/\n\* {2}cart +anon\|[\da-f-]{36} .*"\}\n$/);
    Object.assign(machine.terminal, { interactive: false, columns: 80 });
    expect((await machine.done('session', 'list')).stdout).toContain(metadata);
  });

  it('marks what has expired', async () => {
    const machine = await keeping('cart');
    machine.clock.forward(30 * day + 7200);
    expect((await machine.done('session', 'list')).stdout).toMatch(/\texpired 2 hours ago\texpired 29 days ago\t/);
    expect((await machine.done('session', 'list', '--field', '0.expired')).stdout).toBe('true\n');
  });

  it('shows the others if one cannot be read, and that one can be removed', async () => {
    const machine = await keeping('bad', 'cart', 'newer');
    const fileOf = (name: string) => join(machine.folder, 'data', 'credentials', `session~local~${name}.json`);
    writeFileSync(fileOf('bad'), '{"version":1,"secret":"{}"}');
    writeFileSync(fileOf('newer'), '{"version":2,"secret":"{}"}');
    const { json, stderr } = await machine.done('session', 'list', '--json');
    expect(json).toMatchObject([{ name: 'cart' }]);
    expect(JSON.parse(stderr).warnings).toEqual([
      expect.stringMatching(/^The saved session 'bad' of profile local is not valid/),
      `${fileOf('newer')} was written by a newer anon-cli.`,
    ]);
    expect((await machine.done('session', 'forget', 'bad')).stdout).toBe('✔ Removed from this machine: bad\n');
    await machine.done('session', 'forget', '--all');
    const { stdout, stderr: none } = await machine.done('session', 'list');
    expect({ stdout, none }).toMatchObject({ stdout: '', none: expect.stringMatching(/^No sessions saved/) });
  });

  it('explains what to do if none are saved', async () => {
    const { done, terminal } = await freshMachine();
    const none = 'No sessions saved for profile local.\nNext: anon-cli token create\n';
    expect(await done('session', 'list')).toMatchObject({ stdout: '', stderr: none });
    terminal.interactive = true;
    expect((await done('session', 'list')).stdout).toBe(none);
    expect((await done('session', 'list', '--json')).json).toEqual([]);
  });

  it('is separate for each profile', async () => {
    const machine = await keeping('cart');
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    await machine.open();
    await machine.done('token', 'create', '--meta', 'where=remote');
    const { json } = await machine.done('session', 'list', '--json');
    // Its session token is sealed: what is in it is known from what was sent, its end is not told.
    expect(json).toMatchObject([{ name: 'default', metadata: { where: 'remote' }, session_expires_in: null }]);
    expect((await machine.done('session', 'list', '--profile', 'local', '--field', '0.name')).stdout).toBe('cart\n');
  });
});

describe('what is saved of a session', () => {
  it('is nothing with --no-save or ANON_SAVE=0', async () => {
    const machine = await openMachine();
    await machine.done('token', 'create', '--no-save');
    machine.env.ANON_SAVE = '0';
    expect((await machine.done('token', 'create', '--field', 'session_name')).stdout).toBe('null\n');
    expect(await namesOf(machine)).toEqual([]);
    machine.env.ANON_SAVE = '1';
    await machine.done('token', 'create');
    expect(await namesOf(machine)).toEqual(['default']);
    machine.env.ANON_SAVE = 'never';
    expect(await machine.run('token', 'create')).toMatchObject({
      code: 2,
      stderr: 'error: ANON_SAVE must be 0 or 1.\n',
    });
  });

  it('excludes an update that is not to be saved', async () => {
    const machine = await keeping('cart');
    await machine.done('token', 'update', '--meta', 'more=1', '--no-save');
    expect((await machine.done('session', 'show', '--field', 'metadata')).json).toEqual({ of: 'cart' });
    await machine.done('token', 'update', '--meta', 'more=1', '--unset', 'of');
    expect((await machine.done('session', 'show', '--field', 'metadata')).json).toEqual({ more: '1' });
  });

  it('replaces the previous session without a name, and reports it', async () => {
    const machine = await keeping('cart');
    const guest = (await machine.done('token', 'create', '--field', 'decoded.access_token.claims.sub')).stdout.trim();
    const { stdout } = await machine.done('token', 'create');
    expect(stdout).toContain(`Saved as session default, replacing guest ${guest}\n`);
    expect(await namesOf(machine)).toEqual(['cart', 'default']);
  });

  it('is never replaced by another with its name, unless it has expired or --replace is given', async () => {
    const machine = await keeping('cart');
    const refused = await machine.run('token', 'create', '--session', 'cart');
    expect(refused).toMatchObject({
      code: 2,
      stderr:
        "error: Session 'cart' already exists.\n" +
        'hint:  To replace it, pass --replace. To use it:\n       anon-cli token get --session cart\n',
    });
    await machine.done('token', 'create', '--session', 'cart', '--replace');
    machine.clock.forward(30 * day);
    await machine.done('token', 'create', '--session', 'cart');
    expect((await machine.done('session', 'list', '--field', '0.expired')).stdout).toBe('false\n');
  });

  it.each([
    [['--session', '../cart'], "Invalid session name '../cart'."],
    [['--session', ''], "Invalid session name ''."],
    [
      ['--session', 'cart', '--no-save'],
      "--session and --no-save can't be combined: --session names the saved session.",
    ],
  ])('cannot be called %j', async (options, message) => {
    const { run } = await openMachine();
    expect(await run('token', 'create', ...options)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`error: ${message}\n`),
    });
  });

  it('is updated by its name, or the current one without a name', async () => {
    const machine = await keeping('cart', 'other');
    await machine.done('token', 'update', '--session', 'cart', '--meta', 'a=1');
    await machine.done('session', 'use', 'cart');
    await machine.done('token', 'update', '--meta', 'b=1');
    expect((await machine.done('session', 'list', '--json')).json).toMatchObject([
      { name: 'cart', current: true, metadata: { of: 'cart', a: '1', b: '1' } },
      { name: 'other', current: false, metadata: { of: 'other' } },
    ]);
    expect(await machine.run('token', 'update', '--session', 'carts')).toMatchObject({
      code: 1,
      stderr:
        "error: Session 'carts' not found in profile 'local'.\n" +
        "hint:  Did you mean 'cart'? To see all: anon-cli session list\n",
    });
  });
});

describe('session show', () => {
  it('shows the current one, or the given one', async () => {
    const machine = await keeping('cart', 'other');
    const { stdout } = await machine.done('session', 'show', 'cart');
    expect(stdout).toMatch(/^cart\n {2}guest +anon\|/);
    expect(stdout).toContain('metadata      {"of":"cart"}\n');
    expect((await machine.done('session', 'show')).stdout).toMatch(/^other \(current\)\n/);
    expect(await machine.run('session', 'show', 'carts')).toMatchObject({
      code: 1,
      stderr:
        "error: Session 'carts' not found in profile 'local'.\n" +
        "hint:  Did you mean 'cart'? To see all: anon-cli session list\n",
    });
  });
});

describe('session use and session rename', () => {
  it('leave the session unchanged', async () => {
    const machine = await keeping('cart', 'other');
    const before = (await machine.done('session', 'show', '--json')).json;
    await machine.done('session', 'rename', 'other', 'basket');
    expect((await machine.done('session', 'show', '--json')).json).toEqual({ ...before, name: 'basket' });
    await machine.done('session', 'use', 'cart');
    await machine.done('session', 'rename', 'basket', 'zoo');
    expect((await machine.done('session', 'show', '--field', 'name')).stdout).toBe('cart\n');
    expect(await namesOf(machine)).toEqual(['cart', 'zoo']);
  });

  it('need an existing name, and a free one', async () => {
    const machine = await keeping('cart', 'other');
    expect(await machine.run('session', 'use', 'none')).toMatchObject({ code: 1 });
    expect(await machine.run('session', 'rename', 'none', 'some')).toMatchObject({ code: 1 });
    expect(await machine.run('session', 'rename', 'cart', 'a/b')).toMatchObject({ code: 2 });
    expect(await machine.run('session', 'rename', 'cart', 'other')).toMatchObject({
      code: 2,
      stderr:
        "error: Session 'other' already exists.\n" +
        'hint:  Choose another name, or remove that session first:\n       anon-cli session forget other\n',
    });
    expect(await namesOf(machine)).toEqual(['cart', 'other']);
  });
});

describe('session forget', () => {
  it('removes one, the expired ones, or all', async () => {
    const machine = await keeping('a', 'b');
    machine.clock.forward(29 * day);
    await machine.done('token', 'create', '--session', 'c');
    machine.clock.forward(2 * day);
    expect((await machine.done('session', 'forget', '--expired', '--json')).json).toEqual({ forgotten: ['a', 'b'] });
    await machine.done('token', 'create', '--session', 'd');
    expect((await machine.done('session', 'forget', 'd')).stdout).toBe('✔ Removed from this machine: d\n');
    expect(await machine.run('token', 'update')).toMatchObject({ code: 1 });
    expect(await namesOf(machine)).toEqual(['c']);
    await machine.done('session', 'forget', '--all');
    expect(await namesOf(machine)).toEqual([]);
    expect((await machine.done('session', 'forget', '--all')).stdout).toBe('✔ No sessions to remove\n');
  });

  it('does not suggest to create a session that was meant to be removed', async () => {
    const machine = await keeping('a');
    const notFound = "error: Session 'nope' not found in profile 'local'.\n";
    const forget = () => machine.run('session', 'forget', 'nope');
    expect((await forget()).stderr).toBe(`${notFound}hint:  To see all: anon-cli session list\n`);
    await machine.done('session', 'forget', '--all');
    expect((await forget()).stderr).toBe(`${notFound}hint:  Profile 'local' has no saved sessions.\n`);
  });

  it.each([[[]], [['a', '--all']], [['--all', '--expired']]])(
    'accepts only one way to select them: %j',
    async (args) => {
      const machine = await keeping('a');
      expect(await machine.run('session', 'forget', ...args)).toMatchObject({
        code: 2,
        stderr: 'error: Give one of: a session name, --expired or --all.\n',
      });
    },
  );
});

describe('session export and session import', () => {
  it('find nothing to import in an empty file or stdin, and never wait for input', async () => {
    const machine = await freshMachine();
    const path = machine.file('empty.json', '\n');
    for (const [args, source] of [
      [[], 'stdin'],
      [['-'], 'stdin'],
      [[path], path],
    ] as const) {
      machine.terminal.stdin = '\ufeff';
      expect(await machine.run('session', 'import', ...args)).toMatchObject({
        code: 3,
        stdout: '',
        stderr: `error: ${source} is empty; expected a token.\n`,
      });
    }
    machine.terminal.stdin = undefined;
    expect(await machine.run('session', 'import')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Nothing to import'),
    });
  });

  it('carry over sessions with everything that is known about them', async () => {
    const machine = await keeping('cart', 'other');
    const { json } = await machine.done('session', 'list', '--json');
    const path = join(machine.folder, 'sessions.json');
    const { stdout } = await machine.done('session', 'export', '--all', '--file', path);
    expect(stdout).toBe(`✔ Exported cart, other with tokens to ${path}, which only you can read\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await machine.run('session', 'export', '--file', path)).toMatchObject({
      code: 2,
      stderr: `error: ${path} cannot be written: it already exists.\nhint:  Choose another name, or remove the file first.\n`,
    });
    await machine.done('session', 'forget', '--all');
    expect((await machine.done('session', 'import', path, '--json')).json).toEqual({ imported: ['cart', 'other'] });
    // The first is the current one, where there was none.
    await machine.done('token', 'update', '--no-save', '--meta', 'a=1');
    expect((await machine.done('session', 'show', '--field', 'name')).stdout).toBe('cart\n');
    await machine.done('session', 'use', 'other');
    expect((await machine.done('session', 'list', '--json')).json).toEqual(json);
  });

  it('carry over which guests a guest replaced, however many', async () => {
    const machine = await keeping('cart');
    for (const value of ['1', '2']) await machine.done('token', 'update', '--replace', '--meta', `a=${value}`);
    const { json } = await machine.done('session', 'show', '--lineage', '--json');
    expect(json.lineage).toHaveLength(3);
    machine.terminal.stdin = (await machine.done('session', 'export')).stdout;
    await machine.done('session', 'forget', 'cart');
    expect((await machine.done('session', 'import')).stdout).toBe('✔ Saved: cart\nNext: anon-cli token get\n');
    expect((await machine.done('session', 'show', '--lineage', '--json')).json).toEqual(json);
  });

  it('work through a pipe, also under another name', async () => {
    const machine = await keeping('cart');
    const exported = (await machine.done('session', 'export', '--json')).stdout;
    expect((await machine.done('session', 'export')).stdout).toBe(exported);
    machine.terminal.stdin = exported;
    expect(await machine.run('session', 'import')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'hint:  To replace the saved session, pass --replace. To keep both, choose another name',
      ),
    });
    expect((await machine.done('session', 'import', '--session', 'copy')).stdout).toBe(
      '✔ Saved: copy\nNext: anon-cli session use copy\n',
    );
    await machine.done('session', 'import', '-', '--replace');
    expect(await namesOf(machine)).toEqual(['cart', 'copy']);
    // It is not for whoever imports to change what commands go on with.
    expect((await machine.done('session', 'show', '--field', 'name')).stdout).toBe('cart\n');
  });

  it('save nothing under an invalid name', async () => {
    const machine = await keeping('cart');
    machine.terminal.stdin = (await machine.done('session', 'export')).stdout;
    expect(await machine.run('session', 'import', '--session', '../x', '--replace')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("error: Invalid session name '../x'.\n"),
    });
    expect(await namesOf(machine)).toEqual(['cart']);
  });

  it.each([
    ['no JSON', (text: string) => text.slice(0, -9), 'it is not JSON'],
    ['a newer version', (text: string) => text.replace('"version": 1', '"version": 2'), 'by a newer anon-cli'],
    ['no token', (text: string) => text.replace(/("session_token": ").{9}/, '$1??'), "of 'cart' is not a token"],
    [
      'a time that is none',
      (text: string) => text.replace(/("access_token_expires_at": ")/, '$1soon '),
      'must be a time',
    ],
    [
      'a time that cannot be read',
      (text: string) => text.replace(/("created_at": "[^"]*)Z/, '$1+02'),
      'must be a time',
    ],
    [
      'a name that is a path',
      (text: string) => text.replace('"name": "cart"', '"name": "../cart"'),
      'Invalid session name',
    ],
    ['no session', () => '{"version":1,"sessions":[]}', 'it has no sessions'],
  ])('refuse %s and save nothing of it', async (_, spoil, message) => {
    const machine = await keeping('cart');
    const { stdout } = await machine.done('session', 'export', '--json');
    await machine.done('session', 'forget', '--all');
    const path = machine.file('export.json', spoil(stdout));
    expect(readFileSync(path, 'utf8')).not.toBe(stdout);
    const { code, stdout: nothing, stderr } = await machine.run('session', 'import', path);
    expect({ code, nothing }).toEqual({ code: 2, nothing: '' });
    expect(stderr).toContain(message);
    expect(await namesOf(machine)).toEqual([]);
  });
});
