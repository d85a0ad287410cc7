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
 * Reads the keys, issuer and edition in the state file at `path` without starting the tenant. Undefined in an empty state.
 * Creates and changes nothing.
 * @throws {StateFileError} when the file is not a state file or cannot be read
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
 * Reads the applications, APIs and edition in the state file at `path` without starting the tenant. Undefined in an empty
 * state. Creates and changes nothing.
 * @throws {StateFileError} when the file is not a state file or cannot be read
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
