import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { freshMachine, type Machine, openMachine } from '../../../support/command.ts';
import { freePort } from '../../../support/free-port.ts';
import { sampleExport } from '../../../support/tenant-export.ts';
import { type TestDatabase, testDatabase } from '../../../support/test-postgres.ts';

/** A machine that knows the password of a new database, and whose output must not have it. */
async function machineFor({ password }: Pick<TestDatabase, 'password'>): Promise<Machine> {
  const machine = await freshMachine({ seeded: false });
  machine.env.PGPASSWORD = password;
  machine.keepSecret(password);
  return machine;
}

/** The same, with the address of the database in its profile. */
async function sharedMachine(): Promise<{ machine: Machine } & TestDatabase> {
  const database = await testDatabase();
  const machine = await machineFor(database);
  await machine.done('local', 'use-database', database.url);
  return { machine, ...database };
}

async function query(database: Pick<TestDatabase, 'url' | 'password'>, text: string): Promise<void> {
  const client = new pg.Client(withPassword(database));
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** A sentence that a terminal may show on several lines. */
function onOneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

/** What follows the word at the cursor. */
async function completed(machine: Machine, ...words: string[]): Promise<string> {
  return (await machine.done('complete', 'bash', '--', ...words)).stdout;
}

async function namesOfApps(machine: Machine): Promise<string[]> {
  return (await machine.done('app', 'list', '--json')).json.map(({ name }: { name: string }) => name);
}

function withPassword({ url, password }: Pick<TestDatabase, 'url' | 'password'>): string {
  return url.replace('@', `:${password}@`);
}

describe('local use-database', () => {
  it('creates a tenant in an empty database, and saves the address', async () => {
    const database = await testDatabase();
    const machine = await machineFor(database);
    const { stdout, stderr } = await machine.done('local', 'use-database', database.url);
    expect(stdout).toBe(
      `✔ The local tenant now uses ${database.url}\n` +
        '  found    a new tenant, just created\n' +
        '  issuer   https://localhost:4400/\n' +
        '  edition  preview\n' +
        'Next: anon-cli quickstart --profile local\n',
    );
    expect(stderr).toBe('');
    expect(JSON.parse(readFileSync(machine.profilesPath, 'utf8'))).toEqual({
      ...{ version: 2, current: 'local', profiles: { local: { database: database.url } } },
    });
    expect(statSync(machine.profilesPath).mode & 0o777).toBe(0o600);
    expect((await machine.done('local', 'use-database', database.url, '--json')).json).toEqual({
      ...{ state: null, database: database.url, created: false, issuer: 'https://localhost:4400/', edition: 'preview' },
    });
  });

  it('leads every command to the database, and none to a file', async () => {
    const { machine, url } = await sharedMachine();
    const { json } = await machine.done('quickstart', '--json');
    expect(json.decoded.access_token.signature.state).toBe('verified');
    expect((await machine.done('token', 'decode', '--json')).json).toMatchObject({
      session_token: { seal: { state: 'opened' } },
      access_token: { signature: { state: 'verified' } },
    });
    const token = (await machine.done('token', 'get')).stdout.trim();
    expect((await machine.done('token', 'verify', token, '--json')).json).toMatchObject({ valid: true });
    expect((await machine.done('doctor', '--probe', '--json')).json).toMatchObject({ ok: true });
    expect((await machine.done('local', 'show')).stdout).toContain(`  database               ${url}\n`);
    expect(await completed(machine, 'app', 'show', 'web')).toBe('web\n');
    expect(await completed(machine, 'api', 'scopes', 'remove', 'shop', 'write:c')).toBe('write:cart\n');
    expect(await completed(machine, 'session', 'show', 'd')).toBe('default\n');
    expect(existsSync(machine.statePath)).toBe(false);
  });

  it('shares the tenant with another machine, which finds what the first one has changed', async () => {
    const { machine, url, password } = await sharedMachine();
    await machine.open();
    const token = (await machine.done('token', 'create', '--field', 'access_token')).stdout.trim();
    const other = await machineFor({ password });
    expect((await other.done('local', 'use-database', url)).stdout).toContain('  found    an existing tenant\n');
    expect((await other.done('token', 'decode', token, '--json')).json).toMatchObject({
      signature: { state: 'verified' },
    });
    await other.done('app', 'create', 'theirs');
    expect(await namesOfApps(machine)).toEqual(['web', 'theirs']);
  });

  it('creates the tenant in the given edition, and refuses another one afterwards', async () => {
    const database = await testDatabase();
    const machine = await machineFor(database);
    expect((await machine.done('local', 'use-database', database.url, '--edition', 'ea', '--json')).json).toMatchObject(
      { created: true, edition: 'ea' },
    );
    expect(await machine.run('app', 'list', '--edition', 'preview')).toMatchObject({ code: 7, stdout: '' });
    expect(await machine.run('local', 'use-database', database.url, '--edition', 'preview')).toMatchObject({ code: 7 });
  });
});

describe('the database', () => {
  it('of --database comes before that of ANON_DATABASE_URL, and that before the saved one', async () => {
    const { machine, url: saved } = await sharedMachine();
    const [inVariable, inOption] = [await testDatabase(), await testDatabase()];
    await machine.done('app', 'create', 'in-profile');
    machine.env.ANON_DATABASE_URL = withPassword(inVariable);
    expect((await machine.done('local', 'show', '--json')).json).toMatchObject({ database: inVariable.url });
    expect(await namesOfApps(machine)).toEqual(['web']);
    await machine.done('app', 'create', 'in-variable');
    expect(await completed(machine, 'app', 'show', 'in-')).toBe('in-variable\n');

    const listening = machine.printed('}');
    const serving = machine.run('local', 'start', '--port', '0', '--database', inOption.url, '--json');
    await Promise.race([listening, serving]);
    machine.interrupt();
    expect((await serving).json).toMatchObject({ database: inOption.url });

    const next = await machineFor(inOption);
    await next.done('local', 'use-database', saved);
    expect(await namesOfApps(next)).toEqual(['web', 'in-profile']);
    next.env.ANON_DATABASE_URL = inVariable.url;
    expect((await next.done('local', 'use-database', saved)).stderr).toBe(
      'warning: Commands use the database in ANON_DATABASE_URL. Unset it to use the saved one.\n',
    );
    expect(await namesOfApps(next)).toEqual(['web', 'in-variable']);
  });

  it("has its own sessions and defaults, which commands don't use with another state", async () => {
    const { url, password } = await testDatabase();
    const machine = await openMachine();
    machine.env.PGPASSWORD = password;
    machine.keepSecret(password);
    await machine.done('quickstart');
    const inFile = (await machine.done('token', 'get')).stdout;
    const { json: defaults } = await machine.done('profile', 'show', '--json');

    machine.env.ANON_DATABASE_URL = url;
    expect(await machine.run('token', 'get')).toMatchObject({ code: 1, stdout: '' });
    await machine.done('quickstart');
    const inDatabase = (await machine.done('token', 'get')).stdout;
    expect(inDatabase).not.toBe(inFile);
    expect((await machine.done('token', 'decode', '--json')).json).toMatchObject({
      access_token: { signature: { state: 'verified' } },
    });
    await machine.done('local', 'reset', '--yes');
    expect((await machine.done('session', 'list', '--json')).json).toEqual([]);

    // Neither the quickstart nor the reset of the database has touched what belongs to the file.
    delete machine.env.ANON_DATABASE_URL;
    expect((await machine.done('token', 'get')).stdout).toBe(inFile);
    expect((await machine.done('profile', 'show', '--json')).json).toEqual(defaults);
    await machine.done('local', 'use-database', url);
    expect((await machine.done('session', 'list', '--json')).json).toEqual([]);
    await machine.done('local', 'use-database', 'sqlite');
    expect((await machine.done('token', 'get')).stdout).toBe(inFile);
  });

  it('is reset for everyone, after a question that says so', async () => {
    const { machine, url, password } = await sharedMachine();
    const other = await machineFor({ password });
    await other.done('local', 'use-database', url);
    await machine.open();
    await machine.done('token', 'create');
    expect((await machine.run('local', 'reset')).stderr).toBe(
      `error: Resetting the local tenant in ${url} needs confirmation, and there is no terminal to ask on.\n` +
        'hint:  Run: anon-cli local reset --yes\n',
    );
    machine.terminal.interactive = true;
    machine.answers.push(false, true);
    expect(await machine.run('local', 'reset')).toMatchObject({ code: 1, stdout: '' });
    expect((await other.done('app', 'list', '--json')).json).toMatchObject([{ enabled: true }]);
    expect(onOneLine((await machine.done('local', 'reset', '--edition', 'ea')).stdout)).toBe(
      `✔ Reset the local tenant in ${url}, in edition ea Next: anon-cli quickstart`,
    );
    expect(machine.questions).toEqual(
      Array(2).fill(
        `Delete the local tenant's applications, APIs, users and keys in ${url}, for everyone who uses it?`,
      ),
    );
    expect((await other.done('local', 'show', '--json')).json).toMatchObject({ edition: 'ea', database: url });
    expect((await other.done('app', 'list', '--json')).json).toMatchObject([{ name: 'web', enabled: false }]);
    expect((await machine.done('session', 'list', '--json')).json).toEqual([]);
    expect(JSON.parse(readFileSync(machine.profilesPath, 'utf8')).profiles).toEqual({ local: { database: url } });
  });
});

describe('local export and local import', () => {
  it('carry a tenant from SQLite into PostgreSQL and back, and change nothing', async () => {
    const file = sampleExport({ clients: 30, apis: 20, grants: 60 });
    // What text in PostgreSQL cannot hold.
    Object.assign(file.documents.client[3]?.document ?? {}, { name: 'nul \0', description: 'half a pair \ud83d' });
    const { machine, url } = await sharedMachine();
    const first = machine.file('first.json', JSON.stringify(file));

    await machine.done('local', 'use-database', 'sqlite');
    await machine.done('local', 'import', first);
    const exported = async () => (await machine.done('local', 'export', '--output', '-')).stdout;
    const fromFile = await exported();
    expect(JSON.parse(fromFile).documents.client).toEqual(file.documents.client);

    await machine.done('local', 'use-database', url);
    const second = machine.file('second.json', fromFile);
    expect((await machine.done('local', 'import', second, '--json')).json).toMatchObject({
      ...{ state: null, database: url, new_keys: true, documents: { client: 31, resource_server: 21 } },
    });
    expect(await exported()).toBe(fromFile);

    await machine.done('local', 'use-database', 'sqlite');
    await machine.done('local', 'reset', '--yes');
    expect(await exported()).not.toBe(fromFile);
    await machine.done('local', 'import', second);
    expect(await exported()).toBe(fromFile);
  });

  it('carry a tenant whose tokens stay valid', async () => {
    const { machine, url } = await sharedMachine();
    await machine.done('local', 'use-database', 'sqlite');
    await machine.open();
    const token = (await machine.done('token', 'create', '--field', 'access_token')).stdout.trim();
    const path = join(machine.folder, 'tenant.json');
    await machine.done('local', 'export', '--output', path);
    await machine.done('local', 'use-database', url);
    await machine.done('local', 'import', path);
    expect((await machine.done('token', 'verify', token, '--api', 'shop', '--json')).json).toMatchObject({
      ...{ valid: true },
    });
  });
});

/** The files of a machine but for its state. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

describe('the password', () => {
  it('is in no output and no file, wherever it comes from', async () => {
    const database = await testDatabase();
    const [address, password] = [withPassword(database), database.password];
    const machine = await freshMachine({ seeded: false });
    machine.keepSecret(password);
    const pgpass = machine.file('pgpass', `127.0.0.1:*:*:postgres:${password}\n`);
    chmodSync(pgpass, 0o600);
    const sources: Record<string, string>[] = [
      { ANON_DATABASE_URL: address },
      { ANON_DATABASE_URL: database.url, PGPASSWORD: password },
      { ANON_DATABASE_URL: database.url, PGPASSFILE: pgpass },
    ];
    const lines = [
      ['local', 'show'],
      ['quickstart'],
      ['status'],
      ['profile', 'list'],
      ['profile', 'show'],
      ['app', 'list', '--debug'],
      ['app', 'show', 'nothing'],
      ['token', 'create', '--debug'],
      ['doctor', '--probe', '--debug'],
      ['local', 'export', '--output', '-'],
      ['local', 'reset', '--yes'],
    ];
    for (const source of sources) {
      for (const name of ['ANON_DATABASE_URL', 'PGPASSWORD', 'PGPASSFILE']) delete machine.env[name];
      Object.assign(machine.env, source);
      // The password in ANON_DATABASE_URL is not for an address in an argument.
      const saving = source.ANON_DATABASE_URL === database.url ? [['local', 'use-database', database.url]] : [];
      for (const line of [...saving, ...lines].flatMap((words) => [words, [...words, '--json']])) {
        const { code, stdout, stderr } = await machine.run(...line);
        expect(code, line.join(' ')).toBe(line.includes('nothing') ? 1 : 0);
        expect(stdout + stderr, line.join(' ')).not.toContain(password);
      }
    }
    rmSync(pgpass);
    const files = filesOf(machine.folder);
    expect(files.length).toBeGreaterThan(1);
    expect(files.filter((text) => text.includes(password))).toEqual([]);
  });

  it('that is wrong or missing ends a command with 4', async () => {
    const { machine, url } = await sharedMachine();
    machine.keepSecret('wrong-Pa55word');
    const hint =
      'hint:  It comes from ANON_DATABASE_URL, PGPASSWORD, or the file in PGPASSFILE (by default ~/.pgpass).\n';
    machine.env.PGPASSWORD = 'wrong-Pa55word';
    expect(await machine.run('app', 'list', '--debug')).toEqual({
      ...{ code: 4, stdout: '' },
      stderr: `error: The database ${url} refuses the password of user postgres.\n${hint}`,
    });
    expect((await machine.run('app', 'list', '--json')).jsonError).toEqual({
      code: 'not_authorised',
      message: `The database ${url} refuses the password of user postgres.`,
      hint: hint.slice('hint:  '.length, -1),
      exit_code: 4,
    });
    delete machine.env.PGPASSWORD;
    expect((await machine.run('app', 'list')).stderr).toBe(
      `error: The database ${url} needs a password for user postgres.\n${hint}`,
    );
  });
});

describe('a database that cannot be used', () => {
  const commands = [
    ['app', 'list'],
    ['quickstart'],
    ['local', 'show'],
    ['local', 'export', '--output', '-'],
    ['local', 'reset', '--yes'],
    ['local', 'start', '--port', '0'],
  ];

  /** Every command ends with the same code and sentence. */
  async function expectRefused(machine: Machine, code: number, stderr: string): Promise<void> {
    for (const line of commands)
      expect(await machine.run(...line), line.join(' ')).toEqual({ code, stdout: '', stderr });
  }

  it('because nothing listens there ends commands with 6', async () => {
    const machine = await machineFor({ password: 'unused-Pa55word' });
    const url = `postgres://app@127.0.0.1:${await freePort()}/anon`;
    const stderr =
      `error: The database ${url} cannot be reached: connection refused.\n` +
      'hint:  Does PostgreSQL run there, and may this machine connect to it? Check the address.\n';
    expect(await machine.run('local', 'use-database', url)).toEqual({ code: 6, stdout: '', stderr });
    // An address that was never reached is not saved.
    expect(existsSync(machine.profilesPath)).toBe(false);
    machine.env.ANON_DATABASE_URL = url;
    await expectRefused(machine, 6, stderr);
  });

  it('leaves commands that need no tenant alone', async () => {
    const machine = await openMachine();
    await machine.done('quickstart');
    const token = (await machine.done('token', 'get')).stdout.trim();
    const url = `postgres://app@127.0.0.1:${await freePort()}/anon`;
    Object.assign(machine.env, { ANON_DATABASE_URL: url, PGPASSWORD: 'unused-Pa55word' });
    expect((await machine.done('token', 'decode', token)).stderr).toContain(
      `warning: The database ${url} cannot be reached: connection refused. The local tenant's keys can't be used.\n`,
    );
    expect((await machine.done('status')).stdout).toContain(`database     ${url}, from ANON_DATABASE_URL\n`);
    await machine.done('profile', 'list');
    expect(await completed(machine, 'app', 'show', '')).toBe('');
    await machine.done('session', 'list');
  });

  it('because it does not exist ends commands with 1', async () => {
    const { url, password } = await testDatabase();
    const machine = await machineFor({ password });
    const missing = `${url}_gone`;
    machine.env.ANON_DATABASE_URL = missing;
    await expectRefused(
      machine,
      1,
      `error: The database ${missing} does not exist.\n` +
        "hint:  Create it with PostgreSQL's command createdb, or check the address.\n",
    );
  });

  it('because a newer version has written it ends commands with 1, and changes nothing', async () => {
    const { machine, url, password } = await sharedMachine();
    await query({ url, password }, 'UPDATE anon_cli.state SET layout = layout + 1');
    const stderr =
      `error: The state in ${url} was written by a newer anon-cli.\n` +
      'hint:  Install a newer anon-cli from its repository; it is not in any package registry.\n';
    await expectRefused(machine, 1, stderr);
    expect((await machine.run('local', 'use-database', url)).stderr).toBe(stderr);
    expect(await completed(machine, 'app', 'show', '')).toBe('');
    await query({ url, password }, 'UPDATE anon_cli.state SET layout = layout - 1');
    await machine.done('app', 'list');
  });

  it('because its user may not create a schema ends commands with 4, and names the remedy, which helps', async () => {
    const database = await testDatabase();
    const name = new URL(database.url).pathname.slice(1);
    const user = `low_${name}`;
    await query(database, `CREATE ROLE ${user} LOGIN PASSWORD 'low-Pa55word'`);
    const machine = await machineFor({ password: 'low-Pa55word' });
    const url = database.url.replace('postgres@', `${user}@`);
    machine.env.ANON_DATABASE_URL = url;
    const grant = `GRANT CREATE ON DATABASE ${name} TO ${user}`;
    const { code, stderr } = await machine.run('app', 'list');
    expect({ code, stderr: onOneLine(stderr) }).toEqual({
      code: 4,
      stderr:
        `error: The database ${url} denies a permission: permission denied for database ${name}. ` +
        `hint: Its owner can allow user ${user} to create tables: ${grant}`,
    });
    await query(database, grant);
    await machine.done('app', 'list');
    // Otherwise the role outlives the database.
    await query(database, `DROP OWNED BY ${user} CASCADE; DROP ROLE ${user}`);
  });

  it('because it has no TLS, which sslmode demands, ends commands with 6', async () => {
    const { url, password } = await testDatabase();
    const machine = await machineFor({ password });
    machine.env.ANON_DATABASE_URL = `${url}?sslmode=require`;
    await expectRefused(
      machine,
      6,
      `error: The database ${url}?sslmode=require cannot be reached with TLS: it does not support TLS.\n` +
        'hint:  In a network that you trust, connect without TLS: ?sslmode=disable\n',
    );
  });
});

describe('what a local tenant in PostgreSQL was', () => {
  it('is saved on the machine, and restored with its keys and its clock for everyone who uses it', async () => {
    const { machine, url, password } = await sharedMachine();
    const other = await machineFor({ password });
    await other.done('local', 'use-database', url);
    await machine.done('local', 'clock', '+31d');
    await machine.done('local', 'snapshot', 'save', 'base');
    const before = (await other.done('local', 'key', 'list', '--json')).json;
    await other.done('local', 'key', 'rotate');
    await other.done('local', 'clock', 'reset');
    await other.done('app', 'create', 'more');
    const { json } = await machine.done('local', 'diff', 'base', '--json');
    expect(json.changes.map(({ change, kind }: Record<string, string>) => `${change} ${kind}`)).toEqual([
      'changed clock',
      'changed signing key',
      'added signing key',
      'added application',
    ]);
    expect((await machine.done('local', 'snapshot', 'restore', 'base', '--yes', '--json')).json.new_keys).toBe(true);
    expect((await other.done('local', 'key', 'list', '--json')).json).toEqual(before);
    expect((await other.done('local', 'clock', '--json')).json.offset_seconds).toBe(31 * 86_400);
    expect(await namesOfApps(other)).toEqual(['web']);
    // A snapshot is the machine's, and the password is nobody's.
    expect((await other.done('local', 'snapshot', 'list', '--json')).json).toEqual([]);
    const folder = join(machine.folder, 'data', 'snapshots');
    const [database = ''] = readdirSync(folder);
    expect(readFileSync(join(folder, database, 'base.json'), 'utf8')).not.toContain(password);
  });
});
