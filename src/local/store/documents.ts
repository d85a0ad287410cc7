import type { JsonObject } from '../../wire/schema.ts';
import type { Kind, StoreReader } from './store.ts';

/** Documents in memory, by kind and id. */
export class Documents implements StoreReader {
  readonly #kinds: Map<Kind, Map<string, JsonObject>>;

  constructor(kinds: Iterable<[Kind, Map<string, JsonObject>]> = []) {
    this.#kinds = new Map(kinds);
  }

  get(kind: Kind, id: string): JsonObject | undefined {
    return this.#kinds.get(kind)?.get(id);
  }

  list(kind: Kind): readonly JsonObject[] {
    return [...(this.#kinds.get(kind)?.values() ?? [])];
  }

  put(kind: Kind, id: string, document: JsonObject): void {
    const documents = this.#kinds.get(kind) ?? new Map<string, JsonObject>();
    this.#kinds.set(kind, documents.set(id, document));
  }

  remove(kind: Kind, id: string): void {
    this.#kinds.get(kind)?.delete(id);
  }

  clear(): void {
    this.#kinds.clear();
  }

  copy(): Documents {
    return new Documents([...this.#kinds].map(([kind, documents]) => [kind, new Map(documents)]));
  }
}
