import type { LocalTenant } from '../../local/open-tenant.ts';
import { databaseFailure } from './database-errors.ts';
import { databasePorts, type LocalOptions, type LocalPorts } from './ports.ts';
import type { ServingLock } from './serving-lock.ts';
import type { PostgresState } from './state-address.ts';

/** Opens the local tenant in a PostgreSQL database. @throws {AnonError} as {@link databaseFailure} */
export async function openInDatabase(
  state: PostgresState,
  ports: LocalPorts,
  options: LocalOptions,
): Promise<LocalTenant> {
  const { openLocalTenant } = await import('../../local/open-tenant.ts');
  return openLocalTenant(state, { ...options, clock: ports.now }, databasePorts(ports.warn)).catch((error) =>
    failInDatabase(state, error),
  );
}

/** A lock in the database itself, so that it holds for every machine. @throws {AnonError} as {@link databaseFailure} */
export async function databaseLock(state: PostgresState, ports: LocalPorts): Promise<ServingLock> {
  const { openServingLock } = await import('../../local/store/postgres/serving-lock.ts');
  const fail = (error: unknown) => failInDatabase(state, error);
  const lock = await openServingLock(state.postgres, databasePorts(ports.warn)).catch(fail);
  return {
    alone: (work) => lock.alone(work).catch(fail),
    share: () => lock.share().catch(fail),
    release: () => lock.release(),
  };
}

export async function failInDatabase(state: PostgresState, error: unknown): Promise<never> {
  throw databaseFailure(state, error);
}
