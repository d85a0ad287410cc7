import { inject, onTestFinished } from 'vitest';
import { connectTo, type PostgresOptions, type PostgresServer, startPostgres } from './postgres.ts';
import type { SharedPostgres } from './run-postgres.ts';

/** An empty database of the server that the test files of a run share, dropped after the test. */
export interface TestDatabase {
  /** Without the password. */
  readonly url: string;
  readonly password: string;
  /** For the program: its address and the password. */
  readonly env: { readonly ANON_DATABASE_URL: string; readonly PGPASSWORD: string };
}

export async function testDatabase(): Promise<TestDatabase> {
  const { createDatabase, dropDatabase, password } = connectTo(await sharedPostgres());
  const url = await createDatabase();
  onTestFinished(() => dropDatabase(url));
  return { url, password, env: { ANON_DATABASE_URL: url, PGPASSWORD: password } };
}

/** A PostgreSQL server for one test, which it may kill, or start with other settings. */
export async function ownPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const server = await startPostgres({ template: (await sharedPostgres()).template, ...options });
  onTestFinished(() => server.stop());
  return server;
}

let shared: Promise<SharedPostgres> | undefined;

/** The server of this run. */
export function sharedPostgres(): Promise<SharedPostgres> {
  shared ??= askForIt();
  return shared;
}

async function askForIt(): Promise<SharedPostgres> {
  const response = await fetch(inject('postgresOfRun'));
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as SharedPostgres;
}
