import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeDocument, documentNamed, freshMachine, type Machine, openMachine } from '../../../support/command.ts';
import { sampleExport } from '../../../support/tenant-export.ts';

const save = (machine: Machine, ...args: string[]) => machine.done('local', 'snapshot', 'save', ...args);
const restore = (machine: Machine, ...args: string[]) => machine.run('local', 'snapshot', 'restore', ...args);
const diff = (machine: Machine, ...args: string[]) => machine.run('local', 'diff', ...args);
const folderOf = ({ statePath }: Machine) => join(dirname(statePath), 'snapshots');

describe('local snapshot', () => {
  it.each(['preview', 'ea'] as const)('comes back to the whole state, edition %s', async (edition) => {
    const machine = await openMachine({ edition });
    const held = `1 application, 1 API, ${edition === 'ea' ? '1 grant' : '0 grants'}, 1 user`;
    await machine.done('local', 'user', 'add', 'jane@example.com');
    await machine.done('local', 'clock', '+31d');
    await machine.done('local', 'fault', 'add', '--drop', '--route', '/userinfo');
    await machine.done('local', 'limit', '30/m', '--route', '/oauth/token');
    await machine.store.write((writer) => writer.put('login_session', 's', { id: 's', user_id: 'auth0|jane' }));
    const { stdout: session } = await machine.done('token', 'create', '--field', 'session_token');
    expect((await save(machine, 'base')).stdout).toBe(
      `✔ Saved snapshot base: ${held}\nNext: anon-cli local diff base, or anon-cli local snapshot restore base\n`,
    );
    const whole = async () => [
      (await machine.done('local', 'export', '--output', '-')).stdout,
      (await machine.done('local', 'clock', '--field', 'offset_seconds')).stdout,
      (await machine.done('local', 'fault', 'list', '--json')).json,
      (await machine.done('local', 'limit', '--json')).json,
      await machine.store.list('login_session'),
    ];
    const before = await whole();

    await machine.done('local', 'reset', '--yes', '--edition', edition === 'ea' ? 'preview' : 'ea');
    await machine.done('app', 'create', 'other');
    const { stdout, code } = await restore(machine, 'base', '--yes');
    expect([code, stdout]).toEqual([0, `✔ Restored snapshot base: ${held}\nNext: anon-cli status\n`]);
    await machine.store.refresh();
    expect(await whole()).toEqual(before);
    // The session that was created before it can still be opened.
    machine.terminal.stdin = session;
    expect((await machine.done('token', 'decode', '-')).stdout).toContain("the local tenant's session key");
  });

  it('is a file for the user alone, beside the state', async () => {
    const machine = await freshMachine();
    await save(machine, 'base');
    expect(readdirSync(folderOf(machine))).toEqual(['base.json']);
    expect(statSync(join(folderOf(machine), 'base.json')).mode & 0o777).toBe(0o600);
    expect(statSync(folderOf(machine)).mode & 0o777).toBe(0o700);
  });

  it('is replaced only where that is asked for, listed and removed', async () => {
    const machine = await freshMachine();
    expect((await machine.done('local', 'snapshot', 'list', '--json')).json).toEqual([]);
    await save(machine, 'base');
    await machine.done('app', 'create', 'shop');
    expect(await machine.run('local', 'snapshot', 'save', 'base')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Snapshot 'base' already exists."),
    });
    expect((await diff(machine, 'base')).stdout).toContain('+ application shop');
    await save(machine, 'base', '--replace');
    expect((await diff(machine, 'base')).stdout).toBe('No changes since snapshot base.\n');
    await save(machine, 'later');
    const { json } = await machine.done('local', 'snapshot', 'list', '--json');
    expect(json).toMatchObject([{ name: 'base' }, { name: 'later', bytes: expect.any(Number) }]);
    expect((await machine.done('local', 'snapshot', 'remove', 'later')).stdout).toBe('✔ Removed snapshot later\n');
    for (const args of [
      ['restore', 'latr', '--yes'],
      ['remove', 'later'],
    ]) {
      expect(await machine.run('local', 'snapshot', ...args)).toMatchObject({ code: 1 });
    }
    expect((await restore(machine, 'bas')).stderr).toContain("Did you mean 'base'?");
  });

  it.each(['../x', 'a/b', '.x', '', 'a b', 'x'.repeat(65)])('is not named %j', async (name) => {
    const machine = await freshMachine();
    for (const args of [
      ['save', name],
      ['restore', name],
      ['remove', name],
    ]) {
      expect(await machine.run('local', 'snapshot', ...args)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Invalid snapshot name'),
      });
    }
    expect(existsSync(folderOf(machine))).toBe(false);
  });

  it('asks before changes are lost, and not where there are none', async () => {
    const machine = await freshMachine();
    await save(machine, 'new');
    expect(await restore(machine, 'new')).toMatchObject({
      code: 0,
      stdout: 'No changes: the local tenant is as in snapshot new.\n',
    });
    await machine.done('app', 'create', 'shop');
    await save(machine, 'shop');
    await machine.done('local', 'clock', '+1d');
    expect(await restore(machine, 'new')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("The local tenant has changed since snapshot 'new': 2 objects, and"),
    });
    machine.terminal.interactive = true;
    machine.answers.push(false);
    expect(await restore(machine, 'new')).toMatchObject({ code: 1 });
    expect((await diff(machine, 'shop', '--json')).json.changes).toMatchObject([{ kind: 'clock' }]);
    machine.answers.push(true);
    expect((await restore(machine, 'new')).code).toBe(0);
    expect((await diff(machine, 'new', '--json')).json.changes).toEqual([]);
    // Nobody has changed this one.
    expect((await restore(machine, 'shop')).code).toBe(0);
  });

  it('removes saved sessions only where their keys are unknown to it', async () => {
    const machine = await openMachine();
    const create = (session: string) =>
      machine.done('token', 'create', '--session', session, '--app', 'web', '--api', 'shop');
    await create('before');
    await save(machine, 'base');
    await machine.done('local', 'key', 'rotate', 'session');
    const sessions = async () =>
      (await machine.done('session', 'list', '--json')).json.map(({ name }: { name: string }) => name);
    await machine.done('app', 'create', 'other');
    await create('after');
    await save(machine, 'rotated');
    expect((await restore(machine, 'base', '--yes', '--json')).json).toMatchObject({ changed: true, new_keys: true });
    expect(await sessions()).toEqual(['before']);
    expect((await machine.done('token', 'renew', '--session', 'before', '--field', 'token_type')).stdout).toBe(
      'Bearer\n',
    );
    expect((await restore(machine, 'rotated', '--yes', '--json')).json.new_keys).toBe(false);
    expect(await sessions()).toEqual(['before']);
    await machine.done('local', 'reset', '--yes');
    await save(machine, 'foreign');
    await restore(machine, 'base', '--yes');
    await machine.done('token', 'create', '--session', 'here', '--app', 'web', '--api', 'shop');
    await restore(machine, 'foreign', '--yes');
    expect(await sessions()).toEqual([]);
  });

  it('of an earlier version is restored, and of a later or another program it is not', async () => {
    const machine = await freshMachine();
    await save(machine, 'base');
    const path = (name: string) => join(folderOf(machine), `${name}.json`);
    const content = JSON.parse(readFileSync(path('base'), 'utf8'));
    const { user: _, action: __, refresh_token: ___, ...documents } = content.state.documents;
    const version1 = { ...content, state: { ...content.state, version: 1, documents } };
    mkdirSync(folderOf(machine), { recursive: true });
    const write = (name: string, value: unknown) =>
      writeFileSync(path(name), typeof value === 'string' ? value : JSON.stringify(value));
    write('old', version1);
    write('newer', { ...content, version: 2 });
    write('newer-state', { ...content, state: { ...content.state, version: 99 } });
    write('export', sampleExport());
    write('broken', '{"format":');
    write('wrong', { ...content, clock: { offset: 1 }, faults: 3 });
    write('empty', { ...content, state: { ...content.state, documents: {} } });
    await machine.done('app', 'create', 'shop');
    expect((await restore(machine, 'old', '--yes')).code).toBe(0);
    for (const [name, message] of [
      ['newer', "Snapshot 'newer' was saved by a newer anon-cli."],
      ['newer-state', 'newer anon-cli'],
      ['export', "Snapshot 'export' is another program's file."],
      ['broken', "Snapshot 'broken' is not JSON, or not all of it is there."],
      ['wrong', "Snapshot 'wrong' cannot be used: clock must be an object; faults must be an array."],
      ['empty', "The state in snapshot 'empty' cannot be imported: "],
    ] as const) {
      const { code, stderr } = await restore(machine, name, '--yes');
      expect([code === 0, stderr]).toEqual([false, expect.stringContaining(message)]);
      expect((await diff(machine, name)).code).not.toBe(0);
    }
    expect((await restore(machine, 'old', '--yes')).stdout).toContain('No changes');
  });
});

describe('local diff', () => {
  it('shows each object that has changed, and no secret', async () => {
    const machine = await openMachine();
    await machine.done(
      'local',
      'user',
      'add',
      'jane@example.com',
      '--password',
      `@${machine.file('p', 'Correct-horse1')}`,
    );
    await machine.done('app', 'create', 'old');
    await save(machine, 'base');
    const { client_id: old } = await documentNamed(machine.store, 'client', 'old');
    await machine.done('app', 'delete', 'old', '--yes');
    await machine.done('app', 'create', 'new');
    const { client_id: web } = await documentNamed(machine.store, 'client', 'web');
    await changeDocument(machine.store, 'client', String(web), { client_secret: 'new-secret', description: 'a shop' });
    const [jane] = await machine.store.list('user');
    await changeDocument(machine.store, 'user', String(jane?.user_id), {
      password_hash: 'x',
      user_metadata: { a: { b: 1 } },
    });
    await machine.done('local', 'clock', 'set', '2027-01-01');
    await machine.done('local', 'key', 'rotate');
    await machine.done('local', 'fault', 'add', '--drop');
    const { client_id: made } = await documentNamed(machine.store, 'client', 'new');
    const [{ kid }] = (await machine.done('local', 'key', 'list', '--json')).json;

    expect((await diff(machine, 'base')).stdout).toBe(
      [
        '~ clock',
        '    offset_seconds  0 → 18446400',
        '~ signing key test-key-one',
        '    ends_at     not set → "2027-01-02T00:00:00.000Z"',
        '    rotated_at  not set → "2027-01-01T00:00:00.000Z"',
        '    state       "current" → "previous"',
        `+ signing key ${kid}`,
        `~ application web (${web})`,
        '    client_secret  changed (secret)',
        '    description    not set → "a shop"',
        `- application old (${old})`,
        `+ application new (${made})`,
        `~ user jane@example.com (${jane?.user_id})`,
        '    password_hash  changed (secret)',
        '    user_metadata  not set → {"a":{"b":1}}',
        '+ fault drop (FAULT)',
        '',
        '3 added, 4 changed, 1 removed since snapshot base',
        '',
      ]
        .join('\n')
        .replace('FAULT', (await machine.done('local', 'fault', 'list', '--json')).json[0].id),
    );
    const { stdout, json } = await diff(machine, 'base', '--json');
    expect(json.changes).toHaveLength(8);
    expect(stdout).not.toMatch(/new-secret|"d":|"k":/);
  });

  it('ends with 10 only with --exit-code, and only where something has changed', async () => {
    const machine = await freshMachine();
    await save(machine, 'base');
    expect((await diff(machine, 'base', '--exit-code')).code).toBe(0);
    await machine.done('local', 'clock', 'freeze');
    expect((await diff(machine, 'base')).code).toBe(0);
    expect((await diff(machine, 'base', '--exit-code')).code).toBe(10);
  });

  it('does not count the hits of a fault', async () => {
    const machine = await openMachine();
    await machine.done('local', 'fault', 'add', '--status', '503', '--count', '1', '--route', '/anonymous/token');
    await save(machine, 'base');
    await machine.run('token', 'create', '--max-wait', '0');
    expect((await machine.done('local', 'fault', 'list', '--json')).json).toMatchObject([{ hit: 1 }]);
    expect((await diff(machine, 'base', '--json')).json.changes).toEqual([]);
  });
});
