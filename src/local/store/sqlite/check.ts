import type Database from 'libsql';
import type { JsonObject } from '../../../wire/schema.ts';
import { lookupVersion, valuesOf } from '../lookups.ts';
import type { Kind } from '../store.ts';
import { combined, digestOf, parseDocument, textOf } from './digest.ts';
import { digestOfNumbers, digestOfUse, type StateNumbers, type Use } from './layout.ts';
import { StateFileError } from './state-file-error.ts';

export interface Statements {
  prepare(sql: string): Database.Statement;
}

/** A row of `document` as it is read: texts as bytes, because SQLite's binding crashes on invalid UTF-8. */
export interface DocumentRow {
  readonly id: ArrayBuffer;
  readonly revision: number;
  readonly body: ArrayBuffer;
  readonly digest: ArrayBuffer;
}

/** The columns of a {@link DocumentRow}. */
export const documentColumns = `CAST(document.id AS BLOB) AS id, document.revision AS revision,
  CAST(document.body AS BLOB) AS body, CAST(document.digest AS BLOB) AS digest`;

export interface ReadDocument {
  readonly id: string;
  readonly revision: number;
  readonly body: string;
  readonly digest: string;
}

/** @throws {StateFileError} `corrupt` when the row does not match its digest */
export function readRow(kind: Kind, row: DocumentRow): ReadDocument {
  const read = { id: textOf(row.id), revision: row.revision, body: textOf(row.body), digest: textOf(row.digest) };
  if (digestOf(kind, read.id, read.revision, read.body) !== read.digest) throw new StateFileError('corrupt');
  return read;
}

/** @throws {StateFileError} `corrupt` unless there is exactly one row */
export function readState(database: Statements): { numbers: StateNumbers; digest: string } {
  const sql = `SELECT CAST(epoch AS BLOB) AS epoch, revision, writes, cleared, lookups, CAST(digest AS BLOB) AS digest
    FROM state`;
  const rows = database.prepare(sql).all() as (Omit<StateNumbers, 'epoch'> & Record<'epoch' | 'digest', ArrayBuffer>)[];
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new StateFileError('corrupt');
  const { revision, writes, cleared, lookups } = row;
  return { numbers: { epoch: textOf(row.epoch), revision, writes, cleared, lookups }, digest: textOf(row.digest) };
}

/** Runs SQLite's integrity check. Its messages are not read, because they may contain damaged text. */
export function checkStructure(database: Database.Database): void {
  const sql = "SELECT count(*) AS faults FROM pragma_integrity_check(1) WHERE integrity_check <> 'ok'";
  if ((database.prepare(sql).get() as { faults: number }).faults > 0) throw new StateFileError('corrupt');
}

/** Checks a whole state of the current layout. @throws {StateFileError} `corrupt` */
export function checkWhole(database: Database.Database): void {
  checkStructure(database);
  const { numbers, digest } = readState(database);
  const digests = [digestOfNumbers(numbers)];
  const lookups = new Set<string>();
  for (const { kind, place, document, ...row } of allDocuments(database)) {
    digests.push(row.digest);
    for (const { lookup, value } of valuesOf(kind, document)) lookups.add(lookupText(kind, lookup, value, place));
  }
  digests.push(...usedOnce(database).map(digestOfUse));
  if (combined(...digests) !== digest) throw new StateFileError('corrupt');
  // Those of another version are computed again before they are used.
  if (numbers.lookups === lookupVersion) checkLookups(database, lookups);
}

export function* allDocuments(
  database: Database.Database,
): Generator<ReadDocument & { kind: Kind; place: number; document: JsonObject }> {
  const sql = `SELECT CAST(kind AS BLOB) AS kind, place, ${documentColumns} FROM document ORDER BY place`;
  for (const row of database.prepare(sql).all() as (DocumentRow & { kind: ArrayBuffer; place: number })[]) {
    const kind = textOf(row.kind) as Kind;
    const read = readRow(kind, row);
    yield { ...read, kind, place: row.place, document: parseDocument(read.body) };
  }
}

/** What was used once, all of it or what has ended before a time. */
export function usedOnce(database: Statements, beforeSeconds = Number.MAX_SAFE_INTEGER): Use[] {
  const rows = database.prepare('SELECT CAST(id AS BLOB) AS id, ends FROM used_once WHERE ends < ?').all(beforeSeconds);
  return (rows as { id: ArrayBuffer; ends: number }[]).map(({ id, ends }) => ({ id: textOf(id), ends }));
}

function checkLookups(database: Database.Database, expected: ReadonlySet<string>): void {
  const sql = `SELECT CAST(kind AS BLOB) AS kind, CAST(name AS BLOB) AS name, CAST(value AS BLOB) AS value, place
    FROM lookup`;
  const rows = database.prepare(sql).all() as (Record<'kind' | 'name' | 'value', ArrayBuffer> & { place: number })[];
  const isExpected = ({ kind, name, value, place }: (typeof rows)[number]) =>
    expected.has(lookupText(textOf(kind), textOf(name), textOf(value), place));
  if (rows.length !== expected.size || !rows.every(isExpected)) throw new StateFileError('corrupt');
}

function lookupText(kind: string, lookup: string, value: string, place: number): string {
  return `${place} ${kind} ${lookup} ${value}`;
}
