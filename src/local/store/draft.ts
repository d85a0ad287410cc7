import type { JsonObject } from '../../wire/schema.ts';
import type { Commit, Condition, SavedDocument } from './database.ts';
import { matches } from './lookups.ts';
import type { Kind, StoreWriter, Where } from './store.ts';

/** Reads what is saved, with revisions. */
export interface SavedReader {
  saved(kind: Kind, id: string): Promise<SavedDocument | undefined>;
  savedWith(kind: Kind, where: Where): Promise<SavedDocument | undefined>;
  savedList(kind: Kind, where: Where | undefined): Promise<readonly SavedDocument[]>;
}

/** What a write has put and removed, and what must still be true when it is saved. */
export class Draft implements StoreWriter {
  readonly #saved: SavedReader;
  readonly #base: number;
  readonly #conditions = new Map<string, Condition>();
  #clears = false;
  #writes: Commit['writes'][number][] = [];
  /** The documents that were put last, by kind and id, in the order in which they were first put. */
  readonly #put = new Map<string, { kind: Kind; document: JsonObject }>();
  /** The saved documents that were removed, even if they were put again. */
  readonly #removed = new Set<string>();

  constructor(saved: SavedReader, base: number) {
    this.#saved = saved;
    this.#base = base;
  }

  /** Undefined when nothing was put or removed. */
  commit(): Commit | undefined {
    if (this.#writes.length === 0 && !this.#clears) return undefined;
    return { conditions: [...this.#conditions.values()], clears: this.#clears, writes: this.#writes };
  }

  put(kind: Kind, id: string, document: JsonObject): void {
    this.#put.set(keyOf(kind, id), { kind, document });
    this.#writes.push({ kind, id, document });
  }

  remove(kind: Kind, id: string): void {
    this.#put.delete(keyOf(kind, id));
    this.#removed.add(keyOf(kind, id));
    this.#writes.push({ kind, id, document: undefined });
  }

  clear(): void {
    this.#put.clear();
    this.#writes = [];
    this.#clears = true;
  }

  async get(kind: Kind, id: string): Promise<JsonObject | undefined> {
    const key = keyOf(kind, id);
    const own = this.#put.get(key);
    if (own || this.#clears || this.#removed.has(key)) return own?.document;
    const saved = await this.#saved.saved(kind, id);
    this.#require({ kind, id, revision: saved?.revision ?? 0 });
    return saved?.document;
  }

  async find(kind: Kind, where: Where): Promise<JsonObject | undefined> {
    if (this.#touches(kind)) return (await this.list(kind, where))[0];
    const saved = await this.#saved.savedWith(kind, where);
    this.#require(saved ? { kind, id: saved.id, revision: saved.revision } : { kind, nowhere: where });
    return saved?.document;
  }

  async list(kind: Kind, where?: Where): Promise<readonly JsonObject[]> {
    const isTouched = this.#touches(kind);
    const saved = this.#clears ? [] : await this.#saved.savedList(kind, isTouched ? undefined : where);
    if (!this.#clears) this.#require({ kind, unchangedSince: this.#base });
    if (!isTouched) return saved.map(({ document }) => document);
    const own = new Map([...this.#put].filter(([, put]) => put.kind === kind));
    const documents = saved.flatMap(({ id, document }) => {
      const key = keyOf(kind, id);
      if (this.#removed.has(key)) return [];
      const put = own.get(key);
      own.delete(key);
      return [put?.document ?? document];
    });
    documents.push(...[...own.values()].map(({ document }) => document));
    return where ? documents.filter((document) => matches(kind, document, where)) : documents;
  }

  #touches(kind: Kind): boolean {
    return this.#clears || this.#writes.some((write) => write.kind === kind);
  }

  /** The first reading counts: what was planned from it must still be true, even if a later reading saw another revision. */
  #require(condition: Condition): void {
    const key = JSON.stringify({ ...condition, revision: undefined });
    if (!this.#conditions.has(key)) this.#conditions.set(key, condition);
  }
}

/** A document's key in a map. */
export function keyOf(kind: Kind, id: string): string {
  return `${kind}\u0000${id}`;
}
