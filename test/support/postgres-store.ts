import { onTestFinished } from 'vitest';
import type { DocumentDatabase } from '../../src/local/store/database.ts';
import type { PostgresAddress, PostgresPorts } from '../../src/local/store/postgres/address.ts';
import { openPostgres } from '../../src/local/store/postgres/database.ts';
import { testDatabase } from './test-postgres.ts';

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
