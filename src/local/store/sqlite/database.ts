import type Database from 'libsql';
import type { JsonObject } from '../../wire/schema.ts';
import { type Contents, digestOf, keyOf, noContents, readContents } from './contents.ts';
import { checkDigest, dataVersion, writeDigest } from './schema.ts';
import { fileAt, type OpenedFile, openStateFile } from './state-file.ts';
import { guarded, StateFileError, sqliteCode } from './state-file-error.ts';
import type { Kind, Store, StoreWriter } from './store.ts';
import { readSnapshot, transaction } from './transaction.ts';

/**
 * A tenant's state in one SQLite file, mode 0600, for several processes at once: writes are immediate transactions, and
 * `refresh` reads what other processes wrote. When the file was replaced or deleted, `refresh` opens the new one or
 * creates it.
 *
 * The rollback journal is deliberate. Write-ahead logging would add two files that must be private, and would only help
 * readers during long writes, which do not occur here.
 *
 * @throws {StateFileError} when the file is not a state file or cannot be used; all methods throw it too
 */
export function sqliteStore(path: string): Store {
  return new SqliteStore(path);
}

interface Connection extends Pick<OpenedFile, 'database' | 'file'> {
  /** Prepared once, because it runs for every request. */
  readonly dataVersion: Database.Statement;
}

class SqliteStore implements Store {
  readonly #path: string;
  #connection: Connection | undefined;
  #version: number | undefined;
  #contents: Contents = noContents;

  constructor(path: string) {
    this.#path = path;
    this.#connected();
  }

  get(kind: Kind, id: string): JsonObject | undefined {
    return this.#contents.documents.get(kind, id);
  }

  list(kind: Kind): readonly JsonObject[] {
    return this.#contents.documents.list(kind);
  }

  write<Result>(work: (writer: StoreWriter) => Result): Result {
    try {
      return this.#write(work);
    } catch (error) {
      if (!(error instanceof StateFileError)) throw error;
      // The next refresh opens the file again and checks all of it.
      if (error.reason === 'corrupt') this.close();
      // SQLite does not write to a file that was moved since it was opened, so nothing was saved.
      if (sqliteCode(error.cause) !== 'SQLITE_READONLY_DBMOVED') throw error;
      return this.#write(work);
    }
  }

  close(): void {
    this.#connection?.database.close();
    this.#connection = undefined;
  }

  /** Reads all documents again, but only when another connection has written. */
  refresh(): void {
    this.#read(this.#connected());
  }

  #write<Result>(work: (writer: StoreWriter) => Result): Result {
    const connection = this.#connected();
    const { database } = connection;
    const { draft, digests, result } = transaction(database, () => {
      this.#read(connection);
      const draft = this.#contents.documents.copy();
      const digests = new Map(this.#contents.digests);
      let changed = false;
      const result = work({
        get: (kind, id) => draft.get(kind, id),
        list: (kind) => draft.list(kind),
        put: (kind, id, document) => {
          const body = JSON.stringify(document);
          draft.put(kind, id, document);
          digests.set(keyOf(kind, id), digestOf(kind, id, body));
          changed = true;
          database
            .prepare(
              'INSERT INTO document (kind, id, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
            )
            .run(kind, id, body);
        },
        remove: (kind, id) => {
          draft.remove(kind, id);
          digests.delete(keyOf(kind, id));
          changed = true;
          database.prepare('DELETE FROM document WHERE kind = ? AND id = ?').run(kind, id);
        },
        clear: () => {
          draft.clear();
          digests.clear();
          changed = true;
          database.exec('DELETE FROM document');
        },
      });
      if (changed) writeDigest(database, digests);
      return { draft, digests, result };
    });
    // A connection's own writes do not change its data_version, so the contents are replaced here.
    this.#contents = { documents: draft, digests };
    return result;
  }

  #read({ database, dataVersion: current }: Connection): void {
    if (guarded(() => current.get() as { data_version: number }).data_version === this.#version) return;
    const found = readSnapshot(database, () => {
      const contents = readContents(database, this.#contents);
      checkDigest(database, contents);
      return { contents, version: dataVersion(database) };
    });
    this.#contents = found.contents;
    this.#version = found.version;
  }

  /** The connection to the file that is at the path now. */
  #connected(): Connection {
    if (this.#connection && fileAt(this.#path) === this.#connection.file) return this.#connection;
    this.close();
    const { database, file, contents, version } = openStateFile(this.#path);
    this.#connection = { database, file, dataVersion: database.prepare('PRAGMA data_version') };
    this.#contents = contents;
    this.#version = version;
    return this.#connection;
  }
}
