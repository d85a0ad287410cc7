import type { JsonObject } from '../../wire/schema.ts';
import type { Kind, StoreReader } from './store.ts';

/** Documents in memory, by kind and id. */
export class Documents implements StoreReader {
  readonly #kinds: Map<Kind, Map<string, JsonObject>>;
  /** Made when asked for: every request for a guest token looks through some. */
  readonly #lists = new Map<Kind, readonly JsonObject[]>();

  constructor(kinds: Iterable<[Kind, Map<string, JsonObject>]> = []) {
    this.#kinds = new Map(kinds);
  }

  get(kind: Kind, id: string): JsonObject | undefined {
    return this.#kinds.get(kind)?.get(id);
  }

  list(kind: Kind): readonly JsonObject[] {
    const known = this.#lists.get(kind) ?? [...(this.#kinds.get(kind)?.values() ?? [])];
    this.#lists.set(kind, known);
    return known;
  }

  put(kind: Kind, id: string, document: JsonObject): void {
    const documents = this.#kinds.get(kind) ?? new Map<string, JsonObject>();
    this.#kinds.set(kind, documents.set(id, document));
    this.#lists.delete(kind);
  }

  remove(kind: Kind, id: string): void {
    this.#kinds.get(kind)?.delete(id);
    this.#lists.delete(kind);
  }

  clear(): void {
    this.#kinds.clear();
    this.#lists.clear();
  }

  copy(): Documents {
    return new Documents([...this.#kinds].map(([kind, documents]) => [kind, new Map(documents)]));
  }
}
