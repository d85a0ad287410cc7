import * as v from 'valibot';
import { client } from '../../wire/client.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { resourceServer } from '../../wire/resource-server.ts';
import { isThere } from '../files/files.ts';

/**
 * The applications and APIs of the embedded tenant and the edition that it speaks, straight from its state file. While there
 * is no such tenant there are none, and none is made.
 */
export async function localNames(statePath: string) {
  if (!isThere(statePath)) return undefined;
  const kept = (await import('../../local/state/read-state.ts')).readLocalNames(statePath);
  return (
    kept && {
      edition: kept.edition,
      clients: v.parse(v.array(client), kept.clients),
      resourceServers: v.parse(v.array(resourceServer), kept.resourceServers),
    }
  );
}

/** The edition that the embedded tenant speaks, or will once there is one; undefined where its state cannot be read. */
export async function localEdition(
  statePath: string,
  asked: EditionName = 'preview',
): Promise<EditionName | undefined> {
  try {
    const kept = isThere(statePath)
      ? (await import('../../local/state/read-state.ts')).readLocalNames(statePath)
      : undefined;
    return kept?.edition ?? asked;
  } catch {
    return undefined;
  }
}
