import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, vi } from 'vitest';
import type { DocumentDatabase } from '../../src/local/store/database.ts';
import type { PostgresAddress, PostgresPorts } from '../../src/local/store/postgres/address.ts';
import { openPostgres } from '../../src/local/store/postgres/database.ts';
import { type PostgresOptions, type PostgresServer, startPostgres } from './postgres.ts';
import { sharedPostgres, testDatabase } from './test-postgres.ts';

export const ports: PostgresPorts = { now: () => performance.now(), warn() {} };

/** The address of a database on a server that the tests have started. */
export function addressOf({ url, password }: { readonly url: string; readonly password: string }): PostgresAddress {
  const { hostname: host, port, username: user, pathname } = new URL(url);
  return { host, port: Number(port), user, database: pathname.slice(1), password, sslMode: 'disable' };
}

/** The address of an empty database, dropped after the test. */
export async function testAddress(): Promise<PostgresAddress> {
  return addressOf(await testDatabase());
}

/** Opens a database, and closes it after the test. */
export async function opened(address: PostgresAddress, given: Partial<PostgresPorts> = {}): Promise<DocumentDatabase> {
  const database = await openPostgres(address, { ...ports, ...given });
  onTestFinished(() => database.close());
  return database;
}

/** A server for the tests of one file, which they may stop or start with other settings. */
export function serverOfFile(options: () => PostgresOptions = () => ({})): () => PostgresServer {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ template: (await sharedPostgres()).template, ...options() });
  });
  afterAll(() => server.stop());
  return () => server;
}

/** The address of a new database of a server. */
export async function addressOn(server: PostgresServer): Promise<PostgresAddress> {
  return addressOf({ url: await server.createDatabase(), password: server.password });
}

/** A connection of somebody else, closed after the test. */
export async function session(address: PostgresAddress): Promise<pg.Client> {
  const client = await connected(address);
  onTestFinished(() => client.end());
  return client;
}

/** The rows of a query, on a connection of its own. */
export async function rowsOf(address: PostgresAddress, text: string, values: unknown[] = []) {
  const client = await connected(address);
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Ends all connections of the program to a database, as an administrator does. */
export async function endConnections(address: PostgresAddress): Promise<void> {
  const own = "application_name = 'anon-cli' AND datname = current_database()";
  await rowsOf(address, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${own}`);
  await vi.waitFor(async () => expect(await rowsOf(address, `SELECT FROM pg_stat_activity WHERE ${own}`)).toEqual([]));
}

async function connected({ host, port, user, database, password }: PostgresAddress): Promise<pg.Client> {
  const client = new pg.Client({ host, port, user, database, password });
  // The server may be stopped in the meantime.
  client.on('error', () => {});
  await client.connect();
  return client;
}
