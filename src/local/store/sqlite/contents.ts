import { createHash } from 'node:crypto';
import type Database from 'libsql';
import type { JsonObject } from '../../wire/schema.ts';
import { StateFileError } from './state-file-error.ts';
import type { Kind, StoreReader } from './store.ts';

/** Documents in memory, by kind and id. */
export class Documents implements StoreReader {
  readonly #kinds: Map<Kind, Map<string, JsonObject>>;
  /** Cached, because every request for a guest token reads some. */
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

/** All documents of a state file, and the digest of each document's text. */
export interface Contents {
  readonly documents: Documents;
  readonly digests: ReadonlyMap<string, bigint>;
}

export const noContents: Contents = { documents: new Documents(), digests: new Map() };

/**
 * Reads all documents. Unchanged documents stay the same objects. Text columns are read as bytes: SQLite accepts invalid
 * UTF-8, and its Node.js binding crashes on it.
 * @throws {StateFileError} `corrupt` when a document is not a JSON object in UTF-8
 */
export function readContents(database: Database.Database, before: Contents = noContents): Contents {
  const documents = new Documents();
  const digests = new Map<string, bigint>();
  for (const row of database.prepare(allRows).all() as Record<'kind' | 'id' | 'body', ArrayBuffer>[]) {
    const [kind, id, body] = [textOf(row.kind) as Kind, textOf(row.id), textOf(row.body)];
    const [key, digest] = [keyOf(kind, id), digestOf(kind, id, body)];
    const known = before.digests.get(key) === digest ? before.documents.get(kind, id) : undefined;
    documents.put(kind, id, known ?? parseDocument(body));
    digests.set(key, digest);
  }
  return { documents, digests };
}

const allRows = `SELECT CAST(kind AS BLOB) AS kind, CAST(id AS BLOB) AS id, CAST(body AS BLOB) AS body
  FROM document ORDER BY rowid`;

export function keyOf(kind: Kind, id: string): string {
  return `${kind}\u0000${id}`;
}

/** 64 bits of SHA-256: detects damage, but does not protect against deliberate changes. */
export function digestOf(kind: Kind, id: string, body: string): bigint {
  return createHash('sha256')
    .update(`${keyOf(kind, id)}\u0000${body}`)
    .digest()
    .readBigUInt64BE();
}

/** The digest of the whole state, 16 hexadecimal digits. Does not depend on the order of the documents. */
export function wholeDigest(digests: ReadonlyMap<string, bigint>): string {
  let whole = 0n;
  for (const digest of digests.values()) whole ^= digest;
  return whole.toString(16).padStart(16, '0');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function textOf(bytes: ArrayBuffer | Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new StateFileError('corrupt', error);
  }
}

function parseDocument(body: string): JsonObject {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch (error) {
    throw new StateFileError('corrupt', error);
  }
  throw new StateFileError('corrupt');
}
