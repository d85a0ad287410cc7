import type { EditionName } from '../wire/edition/edition.ts';
import { editionOf } from './edition.ts';
import { readStateFile } from './store/sqlite.ts';

/**
 * The edition that the state file at `path` speaks, without the tenant around it. Makes and changes nothing; undefined in a
 * state that is still empty.
 * @throws {StateFileError} when the file holds something else
 */
export function readLocalEdition(path: string): EditionName | undefined {
  const state = readStateFile(path);
  return state?.get('tenant', 'settings') && editionOf(state).name;
}
