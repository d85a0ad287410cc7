import type { JsonObject } from '../wire/schema.ts';
import { readStateFile } from './store/sqlite.ts';

/**
 * The applications and APIs in the state file at `path`, as they are kept, without the tenant around them. Makes and
 * changes nothing; undefined in a state that is still empty.
 * @throws {StateFileError} when the file holds something else
 */
export function readLocalNames(
  path: string,
): { clients: readonly JsonObject[]; resourceServers: readonly JsonObject[] } | undefined {
  const state = readStateFile(path);
  return state && { clients: state.list('client'), resourceServers: state.list('resource_server') };
}
