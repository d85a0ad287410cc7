import type { PostgresAddress, PostgresPorts } from './address.ts';
import { Connections } from './connections.ts';
import { meaningOf } from './failure.ts';

/** "serv": held by every instance that serves the state. */
const lockNumber = 0x73657276;

const timeoutMs = 5000;

/**
 * PostgreSQL's advisory lock on a connection of its own, which frees it when the connection ends. Then another instance may
 * change the issuer, which this one takes over with its next request.
 * @throws {DatabaseUnavailableError | DatabaseRefusedError}
 */
export async function openServingLock(address: PostgresAddress, ports: PostgresPorts) {
  const connections = new Connections(address, ports, () => {});
  const explained = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw meaningOf(error, address);
    }
  };
  const client = await explained(async () => {
    // Finds the encryption that the server accepts.
    await connections.read('SELECT');
    const opened = connections.newClient();
    // An error also rejects the statement that is waiting for it.
    opened.on('error', () => {});
    await opened.connect();
    return opened;
  }).finally(() => connections.close());
  const call = async (name: string): Promise<unknown> => {
    const query = { text: `SELECT ${name}($1) AS value`, values: [lockNumber], query_timeout: timeoutMs };
    const { rows } = await explained(() => client.query<{ value: unknown }>(query));
    return rows[0]?.value;
  };
  return {
    /** Runs `work` unless another instance holds the lock; returns whether it ran. */
    async alone(work: () => Promise<void>): Promise<boolean> {
      if ((await call('pg_try_advisory_lock')) !== true) return false;
      try {
        await work();
        return true;
      } finally {
        await call('pg_advisory_unlock');
      }
    },
    /** Holds the lock, together with others, until `release` or the end of the connection. */
    async share(): Promise<void> {
      await call('pg_advisory_lock_shared');
    },
    release: () => client.end(),
  };
}
