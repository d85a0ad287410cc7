import type { EditionName } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { readStateFile } from '../store/state-file.ts';
import { editionOf } from './edition.ts';

/**
 * The applications and APIs in the state file at `path`, as they are kept, without the tenant around them, and the edition
 * that it speaks; undefined in a state that is still empty. Makes and changes nothing.
 * @throws {StateFileError} when the file holds something else or cannot be read
 */
export function readLocalNames(
  path: string,
): { edition: EditionName; clients: readonly JsonObject[]; resourceServers: readonly JsonObject[] } | undefined {
  const state = readStateFile(path);
  if (state.get('tenant', 'settings') === undefined) return undefined;
  return {
    edition: editionOf(state).name,
    clients: state.list('client'),
    resourceServers: state.list('resource_server'),
  };
}
