import { detectEdition, type Edition, type EditionName } from '../../wire/edition/edition.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { StoreReader } from '../store/store.ts';

/** The tenant's settings, as PATCH left them. */
export function settingsOf(store: StoreReader): JsonObject {
  return store.get('tenant', 'settings') ?? {};
}

// Every request asks, and the store gives the same document back until somebody writes it.
const told = new WeakMap<JsonObject, Edition>();

/** The edition that a tenant speaks. Its settings tell, as they do to anybody else. */
export function editionOf(store: StoreReader): Edition {
  const settings = settingsOf(store);
  const known = told.get(settings);
  if (known) return known;
  const edition = editionNamed(detectEdition(settings));
  told.set(settings, edition);
  return edition;
}

/** What `make` gives for an edition, made once for each and only when it is asked for: schemas cost too much for every request. */
export function onceAnEdition<Made>(make: (edition: Edition) => Made): (edition: Edition) => Made {
  const made = new Map<EditionName, Made>();
  return (edition) => {
    const known = made.get(edition.name) ?? make(edition);
    made.set(edition.name, known);
    return known;
  };
}
