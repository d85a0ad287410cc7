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
export function serverOfFile(options: PostgresOptions = {}): () => PostgresServer {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ template: (await sharedPostgres()).template, ...options });
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

const ofTheProgram = "application_name = 'anon-cli' AND datname = current_database()";

/** Ends all connections of the program to a database, as an administrator does. */
export async function endConnections(address: PostgresAddress): Promise<void> {
  await rowsOf(address, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${ofTheProgram}`);
  await eventually(async () => {
    expect(await rowsOf(address, `SELECT FROM pg_stat_activity WHERE ${ofTheProgram}`)).toEqual([]);
  });
}

/** The server's process whose statement, one of the program's, waits for a lock. */
export function waitingProcess(address: PostgresAddress): Promise<number> {
  return processWhere(address, "wait_event_type = 'Lock'");
}

/** The server's process that has notifications for the program, once it is another one than `former`. */
export function listeningProcess(address: PostgresAddress, former = 0): Promise<number> {
  return processWhere(address, `query LIKE 'LISTEN %' AND state = 'idle' AND pid <> ${former}`);
}

function processWhere(address: PostgresAddress, condition: string): Promise<number> {
  return eventually(async () => {
    const text = `SELECT pid FROM pg_stat_activity WHERE ${ofTheProgram} AND ${condition}`;
    const [row] = await rowsOf(address, text);
    expect(row).toBeDefined();
    return Number(row?.pid);
  });
}

/** Waits for what another process does: until `check` throws no more. */
export function eventually<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(check, { timeout: 20_000, interval: 10 });
}

async function connected({ host, port, user, database, password }: PostgresAddress): Promise<pg.Client> {
  const client = new pg.Client({ host, port, user, database, password });
  // The server may be stopped in the meantime.
  client.on('error', () => {});
  await client.connect();
  return client;
}
