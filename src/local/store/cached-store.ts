import type { JsonObject } from '../../wire/schema.ts';
import type { DocumentDatabase, DocumentKey, SavedDocument } from './database.ts';
import { Draft, keyOf, type SavedReader } from './draft.ts';
import type { Kind, Range, Store, StoreReader, StoreWriter, Where } from './store.ts';

/** How many documents, and how many results of lookups, the cache holds. */
const maxCached = 2000;

/**
 * How often a write is planned again when other processes write the same documents, of which one succeeds each time, and how
 * often a snapshot is read again.
 */
const maxAttempts = 200;

/** A store on a database. Holds in memory what was read last, and drops what has changed. */
export function cachedStore(database: DocumentDatabase): Store {
  return new CachedStore(database);
}

class CachedStore implements Store, SavedReader {
  readonly #database: DocumentDatabase;
  #revision = 0;
  #changes = 0;
  readonly #documents = new Map<string, SavedDocument>();
  /** The keys of documents that do not exist. */
  readonly #absent = new Set<string>();
  /** The first document that has a value, or undefined for none. */
  readonly #found = new Map<string, SavedDocument | undefined>();
  /** A look at the database that has not begun. */
  #next: { mayLag: boolean; readonly look: Promise<void> } | undefined;
  /** Ends when the last write in this process has ended. */
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(database: DocumentDatabase) {
    this.#database = database;
  }

  get changes(): number {
    return this.#changes;
  }

  get(kind: Kind, id: string): Promise<JsonObject | undefined> {
    const known = this.#documents.get(keyOf(kind, id));
    if (known || this.#absent.has(keyOf(kind, id))) return Promise.resolve(known?.document);
    return this.saved(kind, id).then(documentIn);
  }

  find(kind: Kind, where: Where): Promise<JsonObject | undefined> {
    const key = lookupKey(kind, where);
    if (this.#found.has(key)) return Promise.resolve(this.#found.get(key)?.document);
    return this.savedWith(kind, where).then(documentIn);
  }

  async list(kind: Kind, where?: Where): Promise<readonly JsonObject[]> {
    return (await this.savedList(kind, where)).map(({ document }) => document);
  }

  async page(kind: Kind, range: Range, where?: Where): Promise<readonly JsonObject[]> {
    return (await this.#database.list(kind, where, range)).map(({ document }) => document);
  }

  count(kind: Kind, where?: Where): Promise<number> {
    return this.#database.count(kind, where);
  }

  takeOnce(id: string, time: { nowSeconds: number; endSeconds: number }): Promise<boolean> {
    return this.#database.takeOnce(id, time);
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  // Requests that arrive together share a look at the database. It begins after the last of them has arrived, so each of
  // them finds all that was saved before.
  refresh({ mayLag = false }: { mayLag?: boolean } = {}): Promise<void> {
    this.#next ??= { mayLag, look: nextTurn().then(() => this.#look()) };
    this.#next.mayLag &&= mayLag;
    return this.#next.look;
  }

  async #look(): Promise<void> {
    const mayLag = this.#next?.mayLag ?? false;
    this.#next = undefined;
    const { revision, changed } = await this.#database.changesSince(this.#revision, mayLag);
    if (changed === undefined) this.#forgetAll();
    else this.#forget(changed);
    // Another request may have learnt of a later revision in the meantime.
    this.#revision = changed === undefined ? revision : Math.max(revision, this.#revision);
  }

  async snapshot<Result>(read: (reader: StoreReader) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      await this.refresh();
      const revision = this.#revision;
      const result = await read(this);
      await this.refresh();
      if (this.#revision === revision) return result;
      if (attempt === maxAttempts) throw new Error('other processes keep writing to the state');
    }
  }

  // One at a time, so that the requests of this process never get in each other's way.
  async write<Result>(work: (writer: StoreWriter) => Promise<Result> | Result): Promise<Result> {
    const turn = this.#lastWrite.then(() => this.#write(work));
    this.#lastWrite = turn.catch(() => {});
    return turn;
  }

  async #write<Result>(work: (writer: StoreWriter) => Promise<Result> | Result): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      await this.refresh();
      const draft = new Draft(this, this.#revision);
      const result = await work(draft);
      const commit = draft.commit();
      if (!commit) return result;
      const revision = await this.#database.commit(commit);
      if (revision !== undefined) {
        if (commit.clears) this.#forgetAll();
        else this.#forget(commit.writes);
        if (revision === this.#revision + 1) this.#revision = revision;
        // Other processes have written in between.
        else await this.refresh();
        return result;
      }
      if (attempt === maxAttempts) throw new Error('other processes keep writing the same documents');
    }
  }

  async saved(kind: Kind, id: string): Promise<SavedDocument | undefined> {
    const key = keyOf(kind, id);
    const known = this.#documents.get(key);
    if (known || this.#absent.has(key)) return known;
    const revision = this.#revision;
    const read = await this.#database.get(kind, id);
    if (revision !== this.#revision) return read;
    if (read) keep(this.#documents, key, read);
    else keepKey(this.#absent, key);
    return read;
  }

  async savedWith(kind: Kind, where: Where): Promise<SavedDocument | undefined> {
    const key = lookupKey(kind, where);
    if (this.#found.has(key)) return this.#found.get(key);
    const revision = this.#revision;
    const [first] = await this.#database.list(kind, where, { offset: 0, limit: 1 });
    const read = first && this.#sameObject(kind, first);
    if (revision === this.#revision) keep(this.#found, key, read);
    return read;
  }

  async savedList(kind: Kind, where: Where | undefined): Promise<readonly SavedDocument[]> {
    const read = await this.#database.list(kind, where, undefined);
    return read.map((document) => this.#sameObject(kind, document));
  }

  /** The document that is in memory, if it is the same. */
  #sameObject(kind: Kind, read: SavedDocument): SavedDocument {
    const known = this.#documents.get(keyOf(kind, read.id));
    return known?.revision === read.revision ? known : read;
  }

  #forget(changed: readonly DocumentKey[]): void {
    if (changed.length > 0) this.#changes += 1;
    for (const key of changed.map(({ kind, id }) => keyOf(kind, id))) {
      this.#documents.delete(key);
      this.#absent.delete(key);
    }
    const kinds = new Set<string>(changed.map(({ kind }) => kind));
    if (kinds.size === 0) return;
    for (const key of this.#found.keys()) if (kinds.has(key.slice(0, key.indexOf('\u0000')))) this.#found.delete(key);
  }

  #forgetAll(): void {
    this.#changes += 1;
    this.#documents.clear();
    this.#absent.clear();
    this.#found.clear();
  }
}

function lookupKey(kind: Kind, { lookup, value }: Where): string {
  return `${kind}\u0000${lookup}\u0000${value}`;
}

function documentIn(saved: SavedDocument | undefined): JsonObject | undefined {
  return saved?.document;
}

/** Ends when everything that has arrived was noticed. */
function nextTurn(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

function keep<Value>(cache: Map<string, Value>, key: string, value: Value): void {
  if (cache.size >= maxCached) cache.clear();
  cache.set(key, value);
}

function keepKey(cache: Set<string>, key: string): void {
  if (cache.size >= maxCached) cache.clear();
  cache.add(key);
}
