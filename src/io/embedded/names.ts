import * as v from 'valibot';
import { client } from '../../wire/client.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { resourceServer } from '../../wire/resource-server.ts';
import { exists } from '../files/files.ts';

/** The applications, APIs and edition of the local tenant, read from its state file; undefined where there is no tenant. */
export async function localNames(statePath: string) {
  if (!exists(statePath)) return undefined;
  const saved = await (await import('../../local/state/read-state.ts')).readLocalNames(statePath);
  return (
    saved && {
      edition: saved.edition,
      clients: v.parse(v.array(client), saved.clients),
      resourceServers: v.parse(v.array(resourceServer), saved.resourceServers),
    }
  );
}

/** The edition of the local tenant, or of a new one; undefined where its state can't be read. */
export async function localEdition(
  statePath: string,
  asked: EditionName = 'preview',
): Promise<EditionName | undefined> {
  try {
    if (!exists(statePath)) return asked;
    return (await (await import('../../local/state/read-state.ts')).readLocalEdition(statePath)) ?? asked;
  } catch {
    return undefined;
  }
}
