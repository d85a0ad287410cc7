import { existsSync } from 'node:fs';
import type { EditionName } from '../wire/edition/edition.ts';

/** The edition of the embedded tenant, straight from its state file; undefined where there is none, or nobody can tell. */
export async function localEdition(statePath: string): Promise<EditionName | undefined> {
  if (!existsSync(statePath)) return undefined;
  try {
    return (await import('../local/read-edition.ts')).readLocalEdition(statePath);
  } catch {
    return undefined;
  }
}
