import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localUseDatabaseCommand } from '../../../../src/cli/commands/local/manage.ts';
import { freshMachine, type Machine, openMachine, parsed } from '../../../support/command.ts';

const refusedPassword =
  "error: A password can't be given on the command line, where others can read it.\n" +
  'hint:  Leave it out of the address and set PGPASSWORD or PGPASSFILE, or set ANON_DATABASE_URL to the whole address.\n';

function saveProfiles(machine: Machine, local: object): void {
  mkdirSync(dirname(machine.profilesPath), { recursive: true, mode: 0o700 });
  writeFileSync(machine.profilesPath, JSON.stringify({ version: 2, current: 'local', profiles: { local } }));
  chmodSync(machine.profilesPath, 0o600);
}

describe('a password in an argument', () => {
  it.each([
    ['local', 'use-database', 'postgres://app:s3cret-pw@db.example/anon'],
    ['local', 'use-database', 'postgres://app@db.example/anon?password=s3cret-pw'],
    ['local', 'start', '--database', 'postgres://app:s3cret-pw@db.example/anon'],
    ['local', 'start', '--database=postgres://:s3cret-pw@db.example'],
  ])('is refused and not repeated: %s %s %s', async (...line) => {
    const machine = await freshMachine();
    expect(await machine.run(...line)).toEqual({ code: 2, stdout: '', stderr: refusedPassword });
    const { jsonError, stderr } = await machine.run(...line, '--json');
    expect(jsonError).toMatchObject({ code: 'usage', exit_code: 2 });
    expect(stderr).not.toContain('s3cret');
    expect(existsSync(machine.profilesPath)).toBe(false);
  });
});

describe('an invalid address', () => {
  const hint = 'hint:  Example: postgres://anon@db.example:5432/anon\n';

  it.each([
    [['local', 'use-database', 'mysql://app:s3cret@h/d'], ''],
    [['local', 'start', '--database', 'mysql://app:s3cret@h/d'], ' in --database'],
    [['local', 'show'], ' in ANON_DATABASE_URL'],
    [['local', 'reset', '--yes'], ' in ANON_DATABASE_URL'],
    [['app', 'list'], ' in ANON_DATABASE_URL'],
    [['quickstart'], ' in ANON_DATABASE_URL'],
  ])('is named by its source: %j', async (line, source) => {
    const machine = await freshMachine();
    machine.env.ANON_DATABASE_URL = 'mysql://app:s3cret@h/d';
    expect(await machine.run(...line)).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: Invalid database address${source}: it must begin with postgres:// or postgresql://.\n${hint}`,
    });
  });

  it.each([
    ['mysql://h/d', 'it must begin with postgres:// or postgresql://'],
    ['postgres://app:s3cret@h/d', 'it contains a password'],
    ['postgres://h/d', 'it names no user'],
  ])('in the profile is refused with the command that replaces it: %s', async (database, reason) => {
    const machine = await freshMachine();
    saveProfiles(machine, { database });
    expect(await machine.run('app', 'list')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        `error: Invalid database address in profiles.json: ${reason}.\n` +
        'hint:  Save it again: anon-cli local use-database <url>\n',
    });
  });

  it('fails only commands that use the local tenant', async () => {
    const machine = await freshMachine();
    machine.env.ANON_DATABASE_URL = '$' + '{DATABASE_URL}';
    expect((await machine.done('profile', 'list', '--json')).json).toMatchObject([{ name: 'local', edition: null }]);
    expect(await machine.run('app', 'list')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('error: ANON_DATABASE_URL holds an unreplaced placeholder.\n'),
    });
  });
});

describe('sqlite', () => {
  it('goes back to the file, and drops the defaults of the other tenant', async () => {
    const machine = await freshMachine();
    saveProfiles(machine, { database: 'postgres://app@db.example/anon', app: { clientId: 'x', name: 'x' } });
    const { stdout, stderr } = await machine.done('local', 'use-database', 'sqlite');
    expect(stdout).toBe(
      `✔ The local tenant now uses ${machine.statePath}\n` +
        '  found    an existing tenant\n' +
        '  issuer   https://localhost:4400/\n' +
        '  edition  preview\n' +
        'Next: anon-cli app list --profile local\n',
    );
    expect(stderr).toBe('');
    expect(JSON.parse(readFileSync(machine.profilesPath, 'utf8')).profiles).toEqual({ local: {} });
  });

  it('creates a tenant where there is none', async () => {
    const machine = await freshMachine({ seeded: false });
    expect((await machine.done('local', 'use-database', 'sqlite', '--edition', 'ea', '--json')).json).toEqual({
      state: machine.statePath,
      database: null,
      created: true,
      issuer: 'https://localhost:4400/',
      edition: 'ea',
    });
  });

  it('keeps the defaults when nothing changes', async () => {
    const machine = await openMachine();
    await machine.done('profile', 'set', 'app', 'web');
    const { stdout } = await machine.done('local', 'use-database', 'sqlite');
    expect(stdout).toContain(`No changes: the local tenant already uses ${machine.statePath}\n`);
    expect((await machine.done('profile', 'show', '--json')).json).toMatchObject({ app: { name: 'web' } });
  });

  it('in ANON_DATABASE_URL takes precedence over the profile, with a warning when another is saved', async () => {
    const machine = await freshMachine();
    saveProfiles(machine, { database: 'mysql://' });
    machine.env.ANON_DATABASE_URL = 'sqlite';
    await machine.done('app', 'list');
    expect((await machine.done('local', 'use-database', 'sqlite')).stderr).toBe(
      'warning: Commands use the database in ANON_DATABASE_URL. Unset it to use the saved one.\n',
    );
  });

  it('in --database takes precedence over ANON_DATABASE_URL', async () => {
    const machine = await freshMachine();
    machine.env.ANON_DATABASE_URL = 'mysql://';
    const listening = machine.printed('}');
    const serving = machine.run('local', 'start', '--port', '0', '--database', 'sqlite', '--json');
    await Promise.race([listening, serving]);
    machine.interrupt();
    expect((await serving).json).toMatchObject({ database: null });
  });
});

describe('where the state is in a database', () => {
  const address = 'postgres://app@db.example/anon';

  /** The database is never asked, so it need not exist. */
  async function withDatabase(): Promise<Machine> {
    const machine = await freshMachine();
    saveProfiles(machine, { database: address, app: { clientId: 'a1', name: 'web' } });
    return machine;
  }

  it('status names it, and says that the edition is not read', async () => {
    const machine = await withDatabase();
    expect((await machine.done('status')).stdout).toBe(
      'tenant       built into anon-cli\n' +
        'profile      local, the current profile\n' +
        `database     ${address}\n` +
        'edition      not read\n' +
        'application  web (a1)\n' +
        'API          not set\n' +
        'credentials  built in\n' +
        'session      none. Create one: anon-cli token create\n',
    );
    expect((await machine.done('status', '--json')).json).toMatchObject({
      ...{ domain: null, database: address, database_source: 'profile', edition: null, app: { client_id: 'a1' } },
    });
  });

  it('profile list and profile show name it', async () => {
    const machine = await withDatabase();
    expect((await machine.done('profile', 'list')).stdout).toBe(`*\tlocal\t${address}\tnot read\tweb\t-\n`);
    expect((await machine.done('profile', 'list', '--json')).json).toMatchObject([
      { database: address, edition: null },
    ]);
    expect((await machine.done('profile', 'show')).stdout).toContain(
      `  database     ${address}\n  edition      not read\n`,
    );
    expect((await machine.done('profile', 'show', '--json')).json).toMatchObject({ database: address, edition: null });
  });

  it('ANON_DATABASE_URL names another one, without its password, and the defaults are not for it', async () => {
    const machine = await withDatabase();
    machine.env.ANON_DATABASE_URL = 'postgres://app:s3cret-pw@db.example/other';
    machine.keepSecret('s3cret-pw');
    const { stdout } = await machine.done('status');
    expect(stdout).toContain('database     postgres://app@db.example/other, from ANON_DATABASE_URL\n');
    expect(stdout).toContain('application  not set\n');
    expect((await machine.done('status', '--json')).json).toMatchObject({
      ...{ database: 'postgres://app@db.example/other', database_source: 'ANON_DATABASE_URL', app: null },
    });
    expect((await machine.done('profile', 'list')).stdout).toBe(
      '*\tlocal\tpostgres://app@db.example/other\tnot read\t-\t-\n',
    );
    expect(await machine.run('profile', 'set', 'production', 'on')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        "error: Profile 'local' is not for the database in ANON_DATABASE_URL.\n" +
        'hint:  Set ANON_APP and ANON_API instead, or save the database:\n       anon-cli local use-database <url>\n',
    });
  });

  it.each([
    'postgres://app@db.example/anon',
    'postgres://app:s3cret-pw@db.example:5432/anon?sslmode=require',
    'postgres://other@db.example/anon',
  ])('the defaults are for the same database, however it is connected to: %s', async (url) => {
    const machine = await withDatabase();
    machine.env.ANON_DATABASE_URL = url;
    expect((await machine.done('status', '--json')).json.app).toMatchObject({ client_id: 'a1' });
    await machine.done('profile', 'set', 'production', 'on');
    // The address in the environment is not saved.
    expect(JSON.parse(readFileSync(machine.profilesPath, 'utf8')).profiles.local).toMatchObject({
      ...{ database: address, app: { clientId: 'a1' }, production: true },
    });
  });

  it('ANON_DATABASE_URL=sqlite names the file instead', async () => {
    const machine = await withDatabase();
    machine.env.ANON_DATABASE_URL = 'sqlite';
    const { stdout } = await machine.done('status');
    expect(stdout).toContain('database     none (the state is in a file), from ANON_DATABASE_URL\n');
    expect(stdout).toContain('edition      preview\n');
    expect(stdout).toContain('application  not set\n');
    await machine.done('app', 'list');
  });

  it('status fails like every other command where the address is invalid, and profile list warns', async () => {
    const machine = await freshMachine();
    saveProfiles(machine, { database: 'postgres://app:s3cret-pw@db.example/anon' });
    machine.keepSecret('s3cret-pw');
    const problem = 'Invalid database address in profiles.json: it contains a password.';
    expect(await machine.run('status')).toMatchObject({ code: 1, stderr: expect.stringContaining(problem) });
    expect(await machine.done('profile', 'list')).toMatchObject({
      stdout: '\tlocal\tbuilt into anon-cli\tunknown\t-\t-\n',
      stderr: `warning: Commands without --profile fail: ${problem}\n`,
    });
  });
});

it('a reset of the file leaves the choice of the database alone', async () => {
  const machine = await freshMachine();
  saveProfiles(machine, { database: 'sqlite', app: { clientId: 'x', name: 'x' } });
  await machine.done('local', 'reset', '--yes');
  expect(JSON.parse(readFileSync(machine.profilesPath, 'utf8')).profiles).toEqual({ local: { database: 'sqlite' } });
});

it('the address is the argument of local use-database', async () => {
  expect(await parsed(localUseDatabaseCommand, 'sqlite')).toEqual(['sqlite', {}]);
});
