import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openLocalTenant } from '../../src/local/open-tenant.ts';
import { newHome, run } from '../support/bin.ts';
import { freePort } from '../support/free-port.ts';
import { type Served, serve } from '../support/local-server.ts';
import { addressOf } from '../support/postgres-store.ts';
import { ownPostgres, type TestDatabase, testDatabase } from '../support/test-postgres.ts';

type Database = Pick<TestDatabase, 'url' | 'password' | 'env'>;

/** An instance on a machine of its own. */
function instance({ env }: Pick<Database, 'env'>, ...args: string[]): Promise<Served> {
  return serve(newHome(), args, ['--http', '--json'], env);
}

/** An instance that does not start. */
function refused({ env }: Pick<Database, 'env'>, ...args: string[]) {
  return run(newHome(), ['local', 'start', ...args], { env });
}

async function resultOf<Shape>({ env }: Pick<Database, 'env'>, ...args: string[]): Promise<Shape> {
  const { code, stdout, stderr } = await run(newHome(), [...args, '--json'], { env });
  expect({ code, stderr }, args.join(' ')).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

async function connected({ url, password }: Pick<Database, 'url' | 'password'>): Promise<pg.Client> {
  const client = new pg.Client(url.replace('@', `:${password}@`));
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

interface Asked {
  readonly method?: string;
  readonly json?: object;
  readonly token?: string;
}

async function ask({ url }: Served, path: string, { method = 'GET', json, token }: Asked = {}) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(json && { body: JSON.stringify(json) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: the assertions of a test are what checks it
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}

/** A token for the Management API, from one of the instances. */
async function managementToken(database: Database, served: Served): Promise<string> {
  const shown = await resultOf<Record<string, string>>(database, 'local', 'show', '--reveal-secrets');
  const { body } = await ask(served, '/oauth/token', {
    method: 'POST',
    json: {
      grant_type: 'client_credentials',
      client_id: shown.management_client_id,
      client_secret: shown.management_client_secret,
      audience: `${shown.issuer}api/v2/`,
    },
  });
  return body.access_token;
}

/** The answer to the request for a guest token of the application, which is open to guests or not. */
async function guestTokenStatus(served: Served, clientId: string): Promise<number> {
  const json = { client_id: clientId, audience: 'https://api.shop.example' };
  return (await ask(served, '/anonymous/token', { method: 'POST', json })).status;
}

describe('two instances on one database', () => {
  it('serve one tenant: what one answered to a write is true for the next request to the other', async () => {
    const database = await testDatabase();
    const [one, other] = [await instance(database, '--port', '0'), await instance(database, '--port', '0')];
    const token = await managementToken(database, one);
    const [web] = await resultOf<{ client_id: string }[]>(database, 'app', 'list');
    const path = `/api/v2/clients/${web?.client_id}`;
    for (let round = 0; round < 20; round += 1) {
      const [writer, reader] = round % 2 === 0 ? [one, other] : [other, one];
      const json = { description: `round ${round}` };
      expect(await ask(writer, path, { method: 'PATCH', json, token })).toMatchObject({ status: 200 });
      expect((await ask(reader, path, { token })).body).toMatchObject(json);
      const { body: created } = await ask(writer, '/api/v2/clients', {
        ...{ method: 'POST', token, json: { name: `app ${round}` } },
      });
      expect(await ask(reader, `/api/v2/clients/${created.client_id}`, { token })).toMatchObject({ status: 200 });
      await fetch(`${writer.url}/api/v2/clients/${created.client_id}`, {
        ...{ method: 'DELETE', headers: { authorization: `Bearer ${token}` } },
      });
      expect(await ask(reader, `/api/v2/clients/${created.client_id}`, { token })).toMatchObject({ status: 404 });
    }
    // Commands of a third machine are no different.
    expect(await resultOf(database, 'app', 'list')).toMatchObject([{ name: 'web' }]);
  });

  it('open and close an application to guests together, soon after', async () => {
    const database = await testDatabase();
    const [one, other] = [await instance(database, '--port', '0'), await instance(database, '--port', '0')];
    await resultOf(database, 'setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', '--yes');
    const [web] = await resultOf<{ client_id: string }[]>(database, 'app', 'list');
    const clientId = web?.client_id ?? '';
    const expectBoth = (status: number) =>
      vi.waitFor(
        async () => {
          const both = [await guestTokenStatus(one, clientId), await guestTokenStatus(other, clientId)];
          expect(both).toEqual([status, status]);
        },
        { timeout: 10_000 },
      );
    await expectBoth(200);
    await resultOf(database, 'app', 'disable', 'web');
    await expectBoth(403);
    await resultOf(database, 'app', 'enable', 'web');
    await expectBoth(200);
  });

  it('sign with the same keys, and leave no file with a tenant on their machines', async () => {
    const database = await testDatabase();
    const homes = [newHome(), newHome()];
    const [one, other] = await Promise.all(homes.map((home) => serve(home, [], undefined, database.env)));
    const keys = [one, other].map(async (served) => (await ask(served as Served, '/.well-known/jwks.json')).body);
    const [first, second] = await Promise.all(keys);
    expect(first.keys).toHaveLength(1);
    expect(second).toEqual(first);
    for (const home of homes) {
      const data = join(home, '.local', 'share', 'anon-cli');
      const files = existsSync(data) ? readdirSync(data) : [];
      expect(files.filter((name) => name.startsWith('local-tenant.db'))).toEqual([]);
    }
  });
});

describe('the issuer in a database', () => {
  it('is made by the port of the first instance, and by no other port', async () => {
    const database = await testDatabase();
    const [first, second] = [String(await freePort()), String(await freePort())];
    const issuer = `https://localhost:${first}/`;
    expect(await instance(database, '--port', first)).toMatchObject({ port: Number(first), issuer });
    const other = await instance(database, '--port', second);
    expect(other).toMatchObject({ port: Number(second), issuer });
    expect(other).not.toHaveProperty('issuer_before');
    expect(await resultOf(database, 'local', 'show')).toMatchObject({ issuer });
  });

  it('changes to a domain only while no other instance serves it', async () => {
    const database = await testDatabase();
    const one = await instance(database, '--port', '0', '--domain', 'first.test');
    expect(one.issuer).toBe('https://first.test/');
    expect(await refused(database, '--port', '0', '--domain', 'second.test')).toEqual({
      ...{ code: 1, signal: null, stdout: '' },
      stderr:
        'error: Another process is serving the local tenant with the issuer https://first.test/.\n' +
        'hint:  Stop it first (anon-cli local stop), or use the same issuer:\n' +
        '       anon-cli local start --port 0 --domain first.test\n',
    });
    await one.stop();
    expect(await instance(database, '--port', '0', '--domain', 'second.test')).toMatchObject({
      ...{ issuer: 'https://second.test/', issuer_before: 'https://first.test/' },
    });
    expect(await resultOf(database, 'local', 'show')).toMatchObject({ issuer: 'https://second.test/' });
  });

  it('may be changed to the same domain by instances that start together', async () => {
    const database = await testDatabase();
    await resultOf(database, 'local', 'show');
    // Another instance that is changing the issuer: it has the lock that only one instance gets.
    const client = await connected(database);
    await client.query('SELECT pg_advisory_lock($1)', [0x73657276]);
    const starting = instance(database, '--port', '0', '--domain', 'together.test');
    await vi.waitFor(
      async () => {
        const { rows } = await client.query(
          `SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
            WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`,
        );
        expect(rows).toHaveLength(1);
      },
      { timeout: 10_000, interval: 20 },
    );
    const tenant = await openLocalTenant(
      { postgres: addressOf(database) },
      { clock: Date.now },
      { now: () => performance.now(), warn() {} },
    );
    await tenant.setIssuer('https://together.test/');
    await tenant.close();
    await client.query('SELECT pg_advisory_unlock($1)', [0x73657276]);
    expect(await starting).toMatchObject({ issuer: 'https://together.test/' });
  });
});

it('an instance answers 503 while the database is lost, goes on with it afterwards, and reports both', async () => {
  const server = await ownPostgres();
  const [url, { password }] = [await server.createDatabase(), server];
  const database = { url, password, env: { ANON_DATABASE_URL: url, PGPASSWORD: password } };
  const served = await serve(newHome(), [], ['--http', '--port', '0', '--host', '127.0.0.1'], database.env);
  const [, address = ''] = /listens at (\S+)/.exec(served.stdout) ?? [];
  const at = { ...served, url: address };
  const down = { status: 'unavailable', database: 'postgresql' };
  expect(await ask(at, '/health')).toMatchObject({ status: 200, body: { status: 'ok', database: 'postgresql' } });
  await server.kill9();
  await vi.waitFor(async () => expect(await ask(at, '/health')).toMatchObject({ status: 503, body: down }), {
    timeout: 15_000,
  });
  const lost = await ask(at, '/anonymous/token', { method: 'POST', json: { client_id: 'web' } });
  expect([lost.status, Number(lost.headers.get('retry-after')), lost.body.error]).toEqual([
    ...[503, expect.toSatisfy((seconds: number) => seconds >= 1), 'temporarily_unavailable'],
  ]);
  expect((await run(newHome(), ['app', 'list'], { env: database.env })).code).toBe(6);
  await server.start();
  await vi.waitFor(async () => expect((await ask(at, '/health')).status).toBe(200), { timeout: 15_000 });
  expect(await resultOf(database, 'app', 'list')).toMatchObject([{ name: 'web' }]);
  const { code, stderr } = await served.stop();
  expect(code).toBe(0);
  const name = `PostgreSQL at 127.0.0.1:${server.port}`;
  const warnings = stderr.split('\n').filter((line) => line.startsWith('warning: '));
  expect(warnings).toEqual([
    expect.stringMatching(`^warning: Cannot reach ${name}: .+\\. Trying again\\.$`),
    `warning: Connected to ${name} again.`,
  ]);
  expect(stderr).not.toContain(password);
});
