import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../wire/schema.ts';
import type { Changes, Commit, Condition, DocumentDatabase, DocumentKey, SavedDocument } from './database.ts';
import { matches } from './lookups.ts';
import type { Kind, Range, Where } from './store.ts';

interface PlacedDocument extends DocumentKey {
  readonly document: JsonObject;
}

/** Everything in a database in memory, as plain JSON. */
export interface DatabaseCopy {
  readonly documents: readonly PlacedDocument[];
  /** What was used once, and when that ends, in seconds since 1970. */
  readonly used: readonly (readonly [id: string, endSeconds: number])[];
}

export interface RestorableDatabase extends DocumentDatabase {
  copy(): DatabaseCopy;
  /** Replaces everything. */
  restore(copy: DatabaseCopy): void;
}

/** How many of the last changes are known; whoever knows an older revision reads everything again. */
const maxChanges = 1000;

/** A database in memory, at first with the given documents. */
export function memoryDatabase(documents: Iterable<PlacedDocument> = []): DocumentDatabase {
  return new MemoryDatabase(documents);
}

/** A new database in memory that can be put back. */
export function restorableDatabase(): RestorableDatabase {
  return new MemoryDatabase([]);
}

class MemoryDatabase implements RestorableDatabase {
  #revision = 1;
  /** The changes since this revision are known. */
  #knownSince = 0;
  readonly #kinds = new Map<Kind, Map<string, SavedDocument>>();
  readonly #changes: (DocumentKey & { readonly revision: number })[] = [];
  readonly #used = new Map<string, number>();

  constructor(documents: Iterable<PlacedDocument>) {
    // A revision of 0 would mean that the document does not exist.
    for (const { kind, id, document } of documents) this.#documents(kind).set(id, { id, revision: 1, document });
  }

  async changesSince(revision: number): Promise<Changes> {
    const isKnown = revision >= this.#knownSince && revision <= this.#revision;
    return {
      revision: this.#revision,
      changed: isKnown ? this.#changesAfter(revision) : undefined,
    };
  }

  async get(kind: Kind, id: string): Promise<SavedDocument | undefined> {
    return this.#kinds.get(kind)?.get(id);
  }

  async list(kind: Kind, where: Where | undefined, range: Range | undefined): Promise<readonly SavedDocument[]> {
    const all = [...this.#documents(kind).values()];
    const found = where ? all.filter(({ document }) => matches(kind, document, where)) : all;
    if (!range) return found;
    const start = 'from' in range ? found.findIndex(({ id }) => id === range.from) : range.offset;
    return start < 0 ? [] : found.slice(start, start + range.limit);
  }

  async count(kind: Kind, where: Where | undefined): Promise<number> {
    return (await this.list(kind, where, undefined)).length;
  }

  async commit({ conditions, clears, writes }: Commit): Promise<number | undefined> {
    if (!conditions.every((condition) => this.#isMet(condition))) return undefined;
    this.#revision += 1;
    const revision = this.#revision;
    if (clears) {
      this.#kinds.clear();
      this.#changes.length = 0;
      this.#knownSince = revision;
    }
    for (const { kind, id, document } of writes) {
      if (document) this.#documents(kind).set(id, { id, revision, document });
      else this.#documents(kind).delete(id);
      this.#changes.push({ kind, id, revision });
    }
    this.#dropOldChanges();
    return revision;
  }

  async takeOnce(id: string, { nowSeconds, endSeconds }: { nowSeconds: number; endSeconds: number }): Promise<boolean> {
    for (const [used, end] of this.#used) if (end < nowSeconds) this.#used.delete(used);
    if (this.#used.has(id)) return false;
    this.#used.set(id, endSeconds);
    return true;
  }

  copy(): DatabaseCopy {
    const documents = [...this.#kinds].flatMap(([kind, saved]) =>
      [...saved.values()].map(({ id, document }) => ({ kind, id, document })),
    );
    return structuredClone({ documents, used: [...this.#used] });
  }

  restore({ documents, used }: DatabaseCopy): void {
    const before = new Map([...this.#kinds].map(([kind, saved]) => [kind, new Map(saved)]));
    this.#revision += 1;
    this.#knownSince = this.#revision;
    this.#changes.length = 0;
    this.#kinds.clear();
    for (const { kind, id, document } of structuredClone(documents)) {
      // What is derived from a document, such as a key, is cached for the object.
      const same = before.get(kind)?.get(id)?.document;
      const next = isDeepStrictEqual(same, document) && same ? same : document;
      this.#documents(kind).set(id, { id, revision: this.#revision, document: next });
    }
    this.#used.clear();
    for (const [id, endSeconds] of used) this.#used.set(id, endSeconds);
  }

  async close(): Promise<void> {}

  #documents(kind: Kind): Map<string, SavedDocument> {
    const documents = this.#kinds.get(kind) ?? new Map<string, SavedDocument>();
    this.#kinds.set(kind, documents);
    return documents;
  }

  /** They are in the order of their revisions. */
  #changesAfter(revision: number): readonly (DocumentKey & { readonly revision: number })[] {
    const before = this.#changes.findLastIndex((change) => change.revision <= revision);
    return this.#changes.slice(before + 1);
  }

  /** Twice as many at most, because moving the others takes time. */
  #dropOldChanges(): void {
    if (this.#changes.length < 2 * maxChanges) return;
    const dropped = this.#changes.splice(0, this.#changes.length - maxChanges);
    this.#knownSince = dropped.at(-1)?.revision ?? this.#knownSince;
  }

  #isMet(condition: Condition): boolean {
    if ('id' in condition) {
      return (this.#kinds.get(condition.kind)?.get(condition.id)?.revision ?? 0) === condition.revision;
    }
    if ('nowhere' in condition) {
      const documents = this.#kinds.get(condition.kind)?.values() ?? [];
      return ![...documents].some(({ document }) => matches(condition.kind, document, condition.nowhere));
    }
    return (
      condition.unchangedSince >= this.#knownSince &&
      !this.#changesAfter(condition.unchangedSince).some(({ kind }) => kind === condition.kind)
    );
  }
}
