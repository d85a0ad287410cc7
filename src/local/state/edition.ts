import { detectEdition, type Edition, type EditionName } from '../../wire/edition/edition.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { StoreReader } from '../store/store.ts';

// Every request needs it, and the store returns the same document until it is written.
const editions = new WeakMap<JsonObject, Edition>();

/** The edition of a tenant with these settings, detected as any client would. */
export function editionIn(settings: JsonObject): Edition {
  const known = editions.get(settings);
  if (known) return known;
  const edition = editionNamed(detectEdition(settings));
  editions.set(settings, edition);
  return edition;
}

/** The edition of a state. */
export async function editionOf(store: StoreReader): Promise<Edition> {
  return editionIn((await store.get('tenant', 'settings')) ?? {});
}

/** Caches what `make` returns for each edition: building a schema is too slow for every request. */
export function oncePerEdition<Made>(make: (edition: Edition) => Made): (edition: Edition) => Made {
  const made = new Map<EditionName, Made>();
  return (edition) => {
    const known = made.get(edition.name) ?? make(edition);
    made.set(edition.name, known);
    return known;
  };
}
