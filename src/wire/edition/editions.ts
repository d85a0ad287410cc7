import { ea } from './ea.ts';
import type { Edition, EditionName } from './edition.ts';
import { preview } from './preview.ts';

const editions: Readonly<Record<EditionName, Edition>> = { preview, ea };

/** The translator of an edition. */
export function editionNamed(name: EditionName): Edition {
  return editions[name];
}
