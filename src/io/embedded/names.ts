import * as v from 'valibot';
import { client } from '../../wire/client.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { resourceServer } from '../../wire/resource-server.ts';
import { exists } from '../files/files.ts';
import type { StateAddress } from './state-address.ts';

/** The applications, APIs and edition of the local tenant, read from its state; undefined where there is no tenant. */
export async function localNames(state: StateAddress) {
  const saved = await savedNames(state);
  return (
    saved && {
      edition: saved.edition,
      clients: v.parse(v.array(client), saved.clients),
      resourceServers: v.parse(v.array(resourceServer), saved.resourceServers),
    }
  );
}

/**
 * The edition of the local tenant, or of a new one; undefined where its state can't be read. A database is not asked: this is
 * for commands that read only this machine.
 */
export async function localEdition(
  findState: () => Promise<StateAddress>,
  asked: EditionName = 'preview',
): Promise<EditionName | undefined> {
  try {
    const state = await findState();
    return 'file' in state ? ((await savedNames(state))?.edition ?? asked) : undefined;
  } catch {
    return undefined;
  }
}

async function savedNames(state: StateAddress) {
  // Until the store for PostgreSQL is here.
  if (!('file' in state) || !exists(state.file)) return undefined;
  return (await import('../../local/state/read-state.ts')).readLocalNames(state.file);
}
