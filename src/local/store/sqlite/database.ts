import type Database from 'libsql';
import type { Changes, Commit, DocumentDatabase, DocumentKey, SavedDocument } from '../database.ts';
import type { Kind, Range, Where } from '../store.ts';
import { type DocumentRow, documentColumns, readRow, readState, type Statements } from './check.ts';
import { checkFile, type FileVersion, fileVersion, markChecked } from './checked-file.ts';
import { commitTo, loggedRevisions, takeFrom } from './commit.ts';
import { parseDocument, textOf } from './digest.ts';
import type { StateNumbers } from './layout.ts';
import { type OpenedFile, openStateFile, openToRead } from './state-file.ts';
import { guarded, StateFileError, sqliteCode } from './state-file-error.ts';
import { readSnapshot, transaction } from './transaction.ts';

/**
 * A tenant's state in one SQLite file, mode 0600, for several processes at once: writes are immediate transactions. When the
 * file was replaced or deleted, the new one is opened, or created.
 *
 * The rollback journal is deliberate. Write-ahead logging would add two files that must be private, and would only help
 * readers during long writes, which do not occur here.
 *
 * @throws {StateFileError} when the file is not a state file or cannot be used; all functions throw it too
 */
export async function openSqlite(path: string): Promise<DocumentDatabase> {
  return new SqliteDatabase(path, openStateFile(path));
}

/**
 * The state in the file at `path`, to be read only. Creates and changes nothing.
 * @throws {StateFileError} when the file is not a state file or cannot be read
 */
export async function readSqlite(path: string): Promise<DocumentDatabase> {
  const opened = openToRead(path);
  return 'database' in opened ? new SqliteDatabase(path, opened, { isFixed: true }) : opened;
}

/** What was last seen of a file. */
interface Seen {
  /** Changes with every write, whoever it is. */
  readonly file: string | undefined;
  /** SQLite's: changes whenever another connection writes. */
  readonly data: number;
  readonly numbers: StateNumbers;
}

class Connection implements Statements {
  readonly database: Database.Database;
  readonly file: bigint | undefined;
  readonly #statements = new Map<string, Database.Statement>();
  readonly #dataVersion: Database.Statement;
  seen: Seen;

  constructor(path: string, { database, file }: OpenedFile) {
    this.database = database;
    this.file = file;
    // Every request looks at it. Without names, a row takes a quarter less.
    this.#dataVersion = database.prepare('PRAGMA data_version').raw();
    this.seen = readSnapshot(database, () => this.look(path));
  }

  /** A statement is prepared once, because most run for every request. */
  prepare(sql: string): Database.Statement {
    const statement = this.#statements.get(sql) ?? this.database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Inside a transaction, so that nobody writes meanwhile. */
  look(path: string): Seen {
    return { file: fileVersion(path)?.text, data: this.dataVersion(), numbers: readState(this).numbers };
  }

  dataVersion(): number {
    return (this.#dataVersion.get() as [number])[0];
  }
}

class SqliteDatabase implements DocumentDatabase {
  readonly #path: string;
  /** Whether the file stays open even if another takes its place. */
  readonly #isFixed: boolean;
  #connection: Connection | undefined;
  /** Whether the revisions that the caller knows may be those of another state. */
  #isAnother = true;

  constructor(path: string, opened: OpenedFile, { isFixed = false } = {}) {
    this.#path = path;
    this.#isFixed = isFixed;
    this.#connection = new Connection(path, opened);
  }

  async changesSince(revision: number): Promise<Changes> {
    return this.#run((connection, version) => {
      this.#notice(connection, version);
      const { revision: current, cleared } = connection.seen.numbers;
      const isKnown = !this.#isAnother && revision >= Math.max(cleared, current - loggedRevisions);
      this.#isAnother = false;
      if (!isKnown) return { revision: current, changed: undefined };
      return { revision: current, changed: revision === current ? [] : changedSince(connection, revision) };
    });
  }

  async get(kind: Kind, id: string): Promise<SavedDocument | undefined> {
    return this.#run((connection) => {
      const row = connection.prepare(`SELECT ${documentColumns} FROM document WHERE kind = ? AND id = ?`).get(kind, id);
      return row === undefined ? undefined : savedDocument(kind, row as DocumentRow);
    });
  }

  async list(kind: Kind, where: Where | undefined, range: Range | undefined): Promise<readonly SavedDocument[]> {
    // The places first, so that a page does not read the documents before it.
    let places = where
      ? 'SELECT place FROM lookup WHERE kind = ? AND name = ? AND value = ?'
      : 'SELECT place FROM document WHERE kind = ?';
    const values: (string | number)[] = where ? [kind, where.lookup, where.value] : [kind];
    if (range && 'from' in range) {
      places += ' AND place >= (SELECT place FROM document WHERE kind = ? AND id = ?)';
      values.push(kind, range.from);
    }
    if (range) {
      places += ' ORDER BY place LIMIT ? OFFSET ?';
      values.push(range.limit, 'offset' in range ? range.offset : 0);
    }
    const sql = `SELECT ${documentColumns} FROM document WHERE place IN (${places}) ORDER BY place`;
    return this.#run((connection) => {
      const rows = connection.prepare(sql).all(...values) as DocumentRow[];
      const documents = rows.map((row) => savedDocument(kind, row));
      // As UTF-8 saves it: without unpaired surrogates.
      const isInList = !range || !('from' in range) || documents[0]?.id === Buffer.from(range.from).toString();
      return isInList ? documents : [];
    });
  }

  async count(kind: Kind, where: Where | undefined): Promise<number> {
    const sql = where
      ? 'SELECT count(*) AS count FROM lookup WHERE kind = ? AND name = ? AND value = ?'
      : 'SELECT count(*) AS count FROM document WHERE kind = ?';
    const values = where ? [kind, where.lookup, where.value] : [kind];
    return this.#run((connection) => (connection.prepare(sql).get(...values) as { count: number }).count);
  }

  async commit(commit: Commit): Promise<number | undefined> {
    return this.#write((connection) => commitTo(connection, commit));
  }

  async takeOnce(id: string, time: { nowSeconds: number; endSeconds: number }): Promise<boolean> {
    return this.#write((connection) => takeFrom(connection, { id, ...time }));
  }

  async close(): Promise<void> {
    this.#close();
  }

  #close(): void {
    this.#connection?.database.close();
    this.#connection = undefined;
  }

  #write<Result>(work: (connection: Connection) => Result): Result {
    try {
      return this.#run((connection) => this.#transaction(connection, work));
    } catch (error) {
      // SQLite does not write to a file that was moved since it was opened, so nothing was saved.
      const isMoved = error instanceof StateFileError && sqliteCode(error.cause) === 'SQLITE_READONLY_DBMOVED';
      if (!isMoved) throw error;
      return this.#run((connection) => this.#transaction(connection, work));
    }
  }

  #transaction<Result>(connection: Connection, work: (connection: Connection) => Result): Result {
    const { result, numbers } = transaction(connection.database, () => {
      this.#notice(connection, fileVersion(this.#path));
      return { result: work(connection), numbers: readState(connection).numbers };
    });
    // A connection's own writes do not change its data_version.
    const version = fileVersion(this.#path);
    connection.seen = { ...connection.seen, file: version?.text, numbers };
    markChecked(this.#path, version);
    return result;
  }

  #run<Result>(work: (connection: Connection, version: FileVersion | undefined) => Result): Result {
    try {
      return guarded(() => {
        const version = fileVersion(this.#path);
        return work(this.#connected(version), version);
      });
    } catch (error) {
      // The next call opens the file again and checks all of it.
      if (error instanceof StateFileError && error.reason === 'corrupt') this.#close();
      throw error;
    }
  }

  /** Looks at what others wrote. When it was not this program, the whole file is checked again. */
  #notice(connection: Connection, version: FileVersion | undefined): void {
    const { seen } = connection;
    if (connection.dataVersion() === seen.data && version?.text === seen.file) return;
    connection.seen = readSnapshot(connection.database, () => {
      const now = connection.look(this.#path);
      const isSame = now.numbers.epoch === seen.numbers.epoch;
      if (!isSame || now.numbers.writes <= seen.numbers.writes) checkFile(this.#path, connection.database);
      if (!isSame || now.numbers.revision < seen.numbers.revision) this.#isAnother = true;
      return now;
    });
  }

  /** The connection to the file that is at the path now. */
  #connected(version: FileVersion | undefined): Connection {
    const isCurrent = this.#isFixed || version?.file === this.#connection?.file;
    if (this.#connection && isCurrent) return this.#connection;
    this.#close();
    this.#isAnother = true;
    this.#connection = new Connection(this.#path, openStateFile(this.#path));
    return this.#connection;
  }
}

function savedDocument(kind: Kind, row: DocumentRow): SavedDocument {
  const { id, revision, body } = readRow(kind, row);
  return { id, revision, document: parseDocument(body) };
}

function changedSince(connection: Connection, revision: number): DocumentKey[] {
  const sql = 'SELECT CAST(kind AS BLOB) AS kind, CAST(id AS BLOB) AS id FROM change WHERE revision > ?';
  const rows = connection.prepare(sql).all(revision) as Record<'kind' | 'id', ArrayBuffer>[];
  return rows.map(({ kind, id }) => ({ kind: textOf(kind) as Kind, id: textOf(id) }));
}
