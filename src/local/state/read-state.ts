import type { EditionName } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { readStateFile } from '../store/state-file.ts';
import { publicJwk, tenantKeys } from '../tokens/keys.ts';
import { editionOf } from './edition.ts';
import { issuerOf } from './issuer.ts';

export interface LocalKeys {
  readonly issuer: string | undefined;
  readonly edition: EditionName;
  readonly publicJwk: Record<string, unknown>;
  readonly sessionKey: Uint8Array;
}

/**
 * The keys in the state file at `path` and whose they are, without the tenant around them; undefined in a state that is
 * still empty. Makes and changes nothing.
 * @throws {StateFileError} when the file holds something else or cannot be read
 */
export function readLocalKeys(path: string): LocalKeys | undefined {
  const state = readStateFile(path);
  if (state.get('key', 'current') === undefined) return undefined;
  const keys = tenantKeys(state);
  return {
    issuer: issuerOf(state),
    edition: editionOf(state).name,
    publicJwk: publicJwk(keys),
    sessionKey: keys.sessionKey.export(),
  };
}

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
