import { closeSync, openSync } from 'node:fs';
import Database from 'libsql';
import type { JsonObject } from '../../wire/schema.ts';
import { Documents } from './documents.ts';
import type { Kind, Store, StoreReader, StoreWriter } from './store.ts';

/** Marks the file as this project's ("anon"), so that another program's database is never taken for one. */
const applicationId = 0x616e6f6e;
const schemaVersion = 1;
/** How long a process waits for another one's write to end. */
const busyTimeoutMs = 15_000;

/**
 * Why a state file cannot be used. `corrupt` and `foreign` ones may be set aside; a `newer` one belongs
 * to a later version of this program and must be left where it is.
 */
export class StateFileError extends Error {
  readonly reason: 'corrupt' | 'foreign' | 'newer';

  constructor(reason: StateFileError['reason'], cause?: unknown) {
    super(`the state file is ${reason}`, { cause });
    this.name = 'StateFileError';
    this.reason = reason;
  }
}

/**
 * A tenant's state in one SQLite file, mode 0600, safe with several processes at once: writes are
 * immediate transactions, and a reader sees another process's write at its next look.
 *
 * The rollback journal is deliberate. Write-ahead logging would add two files to keep private, and
 * its gain is concurrent readers during long writes, of which there are none here.
 *
 * @throws {StateFileError} when the file is there and is not such a state
 */
export function sqliteStore(path: string): Store {
  // Made here so that it is private from its first byte; SQLite gives its journal the same mode.
  closeSync(openSync(path, 'a', 0o600));
  const database = readable(() => new Database(path, { timeout: busyTimeoutMs }));
  try {
    prepare(database);
    return new SqliteStore(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * What is in the state file at `path` now, for a reader in a hurry: nothing is made or changed, and a writer that holds
 * it longer than a moment is not waited for. Undefined in a file that is still empty.
 * @throws {StateFileError} when the file holds something else
 */
export function readStateFile(path: string): StoreReader | undefined {
  const database = readable(() => new Database(path, { timeout: 500, fileMustExist: true }));
  try {
    return isOurs(database) ? readable(() => readDocuments(database, new Documents())) : undefined;
  } finally {
    database.close();
  }
}

/** Leaves a file that this program wrote as it is, and makes an empty one its own. */
function prepare(database: Database.Database): void {
  if (isOurs(database)) return;
  database
    .transaction(() => {
      if (isOurs(database)) return;
      database.exec(`
      CREATE TABLE document (
        kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
      ) STRICT;
      PRAGMA application_id = ${applicationId};
      PRAGMA user_version = ${schemaVersion};
    `);
    })
    .immediate();
}

function isOurs(database: Database.Database): boolean {
  return readable(() => {
    const id = pragma(database, 'application_id');
    const version = pragma(database, 'user_version');
    if (id === applicationId && version > schemaVersion) throw new StateFileError('newer');
    if (id === applicationId) return true;
    const tables = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
    if (id !== 0 || tables.tables > 0) throw new StateFileError('foreign');
    return false;
  });
}

class SqliteStore implements Store {
  readonly #database: Database.Database;
  readonly #dataVersion: Database.Statement;
  #version: number | undefined;
  #documents = new Documents();

  constructor(database: Database.Database) {
    this.#database = database;
    this.#dataVersion = database.prepare('PRAGMA data_version');
    this.refresh();
  }

  get(kind: Kind, id: string): JsonObject | undefined {
    return this.#documents.get(kind, id);
  }

  list(kind: Kind): readonly JsonObject[] {
    return this.#documents.list(kind);
  }

  write<Result>(work: (writer: StoreWriter) => Result): Result {
    const transaction = this.#database.transaction(() => {
      this.refresh();
      const draft = this.#documents.copy();
      const result = work({
        get: (kind, id) => draft.get(kind, id),
        list: (kind) => draft.list(kind),
        put: (kind, id, document) => {
          draft.put(kind, id, document);
          this.#database
            .prepare(
              'INSERT INTO document (kind, id, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
            )
            .run(kind, id, JSON.stringify(document));
        },
        remove: (kind, id) => {
          draft.remove(kind, id);
          this.#database.prepare('DELETE FROM document WHERE kind = ? AND id = ?').run(kind, id);
        },
        clear: () => {
          draft.clear();
          this.#database.exec('DELETE FROM document');
        },
      });
      return { draft, result };
    });
    const { draft, result } = transaction.immediate();
    // A connection's own writes do not move its data_version, so what was read is replaced here.
    this.#documents = draft;
    return result;
  }

  close(): void {
    this.#database.close();
  }

  /** Reads all documents again, but only when another connection has written. */
  refresh(): void {
    const { data_version: version } = this.#dataVersion.get() as { data_version: number };
    if (version === this.#version) return;
    this.#documents = readable(() => readDocuments(this.#database, this.#documents));
    this.#version = version;
  }
}

/** Documents whose text is unchanged stay the same objects. */
function readDocuments(database: Database.Database, before: Documents): Documents {
  const documents = new Documents();
  const rows = database.prepare('SELECT kind, id, body FROM document ORDER BY rowid').all() as {
    kind: Kind;
    id: string;
    body: string;
  }[];
  for (const { kind, id, body } of rows) {
    const known = before.get(kind, id);
    documents.put(kind, id, known && JSON.stringify(known) === body ? known : JSON.parse(body));
  }
  return documents;
}

function pragma(database: Database.Database, name: 'application_id' | 'user_version'): number {
  return Number((database.prepare(`PRAGMA ${name}`).get() as Record<string, unknown>)[name]);
}

// SQLITE_ERROR is what a missing table gives.
const unreadable = /^SQLITE_(NOTADB|CORRUPT|ERROR)/;

/** What SQLite says of bytes that are no database, and JSON of text that is no document, is one thing: corrupt. */
function readable<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (error instanceof SyntaxError || unreadable.test(code)) {
      throw new StateFileError('corrupt', error);
    }
    throw error;
  }
}
