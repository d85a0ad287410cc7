import type { Edition, EditionName } from './edition.ts';
import { preview } from './preview.ts';

const editions: Partial<Record<EditionName, Edition>> = { preview };

/** The translator of an edition, or undefined for one that this version does not speak. */
export function editionNamed(name: EditionName): Edition | undefined {
  return editions[name];
}
