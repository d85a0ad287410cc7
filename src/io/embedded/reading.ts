import type { StateLocation } from '../../local/store/location.ts';
import type { PostgresPorts } from '../../local/store/postgres/address.ts';
import { exists } from '../files/files.ts';
import { databasePorts } from './ports.ts';
import type { StateAddress } from './state-address.ts';

/** A function of local/state/read-state.ts. */
export type Read<Result> = (location: StateLocation, ports: PostgresPorts) => Promise<Result | undefined>;

/**
 * What a function finds in the local tenant's state; undefined without a tenant. Creates and changes nothing.
 * @throws {StateFileError} for a file that can't be read
 * @throws {AnonError} for a database, as {@link import('./database-errors.ts').databaseFailure}, or a served state, as
 * {@link import('./served-state.ts').servedFailure}
 */
export async function readState<Result>(
  state: StateAddress,
  load: () => Promise<Read<Result>>,
  warn: (message: string) => void = () => {},
): Promise<Result | undefined> {
  const ports = databasePorts(warn);
  if ('memory' in state) return (await load())(state, ports);
  if ('file' in state) return exists(state.file) ? (await load())(state, ports) : undefined;
  if ('served' in state) {
    const { servedFailure, servedLocation } = await import('./served-state.ts');
    return (await load())(servedLocation(state), ports).catch((error) => {
      throw servedFailure(error);
    });
  }
  try {
    return await (await load())(state, ports);
  } catch (error) {
    throw (await import('./database-errors.ts')).databaseFailure(state, error);
  }
}
