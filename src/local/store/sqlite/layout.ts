import type Database from 'libsql';
import type { JsonObject } from '../../../wire/schema.ts';
import type { DocumentKey } from '../database.ts';
import { lookupVersion, valuesOf } from '../lookups.ts';
import { combined, digestOf } from './digest.ts';
import { StateFileError } from './state-file-error.ts';

/** "anon": marks the file as this program's, so that another program's database is never mistaken for it. */
export const applicationId = 0x616e6f6e;
/** Layouts 1 and 2 had all documents in one table, and no revisions; layout 1 had no digest. */
export const currentLayout = 3;
/** A higher number is damage, because no version will ever have one. */
const highestLayout = 255;

/**
 * The tables. `place` is a document's place in the order of its kind. `change` says which documents the last revisions
 * wrote. The digest in `state` is that of all documents, all used tokens and its own numbers.
 */
const tables = `
  CREATE TABLE document (
    place INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL,
    body TEXT NOT NULL, digest TEXT NOT NULL, UNIQUE (kind, id)
  ) STRICT;
  CREATE INDEX document_kind ON document (kind);
  CREATE TABLE lookup (
    kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, place INTEGER NOT NULL,
    PRIMARY KEY (kind, name, value, place)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE change (
    revision INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (revision, kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE used_once (id TEXT PRIMARY KEY, ends INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX used_once_ends ON used_once (ends);
  CREATE TABLE state (
    epoch TEXT NOT NULL, revision INTEGER NOT NULL, writes INTEGER NOT NULL, cleared INTEGER NOT NULL,
    lookups INTEGER NOT NULL, digest TEXT NOT NULL
  ) STRICT;`;

/** The one row of `state`, without its digest. */
export interface StateNumbers {
  /** A random text: distinguishes this state from another that takes its place. */
  readonly epoch: string;
  /** 1 more after every commit. */
  readonly revision: number;
  /** 1 more after every commit and every used token: a file that changed without it was not written by this program. */
  readonly writes: number;
  /** The revision that last removed all documents. */
  readonly cleared: number;
  /** The version of the lookups. */
  readonly lookups: number;
}

export function digestOfNumbers({ epoch, revision, writes, cleared, lookups }: StateNumbers): string {
  return digestOf('state', epoch, revision, writes, cleared, lookups);
}

/** Something that was used once. */
export interface Use {
  readonly id: string;
  /** When it ends, in seconds since 1970. */
  readonly ends: number;
}

export function digestOfUse({ id, ends }: Use): string {
  return digestOf('used', id, ends);
}

/** Creates the tables in an empty database, inside a transaction. */
export function createTables(database: Database.Database): void {
  database.exec(`${tables} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${currentLayout};`);
  const { epoch } = database.prepare('SELECT hex(randomblob(8)) AS epoch').get() as { epoch: string };
  const numbers = { epoch, revision: 0, writes: 0, cleared: 0, lookups: lookupVersion };
  database
    .prepare('INSERT INTO state VALUES (?, ?, ?, ?, ?, ?)')
    .run(epoch, 0, 0, 0, lookupVersion, digestOfNumbers(numbers));
}

/** Drops the tables of any layout. */
export function dropTables(database: Database.Database): void {
  const names = ['document', 'lookup', 'change', 'used_once', 'state'];
  database.exec(names.map((name) => `DROP TABLE IF EXISTS ${name};`).join(' '));
}

/** The layout of a file. @throws {StateFileError} when it is not a state file of this version or an earlier one */
export function layoutOf(database: Database.Database): number {
  const [id, layout] = [pragma(database, 'application_id'), pragma(database, 'user_version')];
  if (id !== applicationId) throw new StateFileError(isForeign(database, id) ? 'foreign' : 'corrupt');
  if (layout > currentLayout && layout <= highestLayout) throw new StateFileError('newer');
  if (layout < 1 || layout > highestLayout) throw new StateFileError('corrupt');
  return layout;
}

/** A database with our table but not our id is a damaged state of ours. An empty one without an id may be ours too. */
function isForeign(database: Database.Database, id: number): boolean {
  const sql = `SELECT count(*) AS count, sum(sql LIKE 'CREATE TABLE document (%kind %id %body %') AS ours
    FROM sqlite_schema`;
  const { count, ours } = database.prepare(sql).get() as { count: number; ours: number | null };
  return !ours && (id !== 0 || count > 0);
}

function pragma(database: Database.Database, name: 'application_id' | 'user_version'): number {
  return Number((database.prepare(`PRAGMA ${name}`).get() as Record<string, unknown>)[name]);
}

/** Everything in a state. */
export interface WholeState {
  readonly documents: readonly (DocumentKey & { readonly document: JsonObject; readonly body: string })[];
  readonly used: readonly Use[];
}

/** Puts a whole state into new tables, inside a transaction, as revision 1. */
export function fillTables(database: Database.Database, { documents, used }: WholeState): void {
  const revision = 1;
  const insert = database.prepare('INSERT INTO document (kind, id, revision, body, digest) VALUES (?, ?, ?, ?, ?)');
  const index = database.prepare('INSERT INTO lookup VALUES (?, ?, ?, ?)');
  const digests: string[] = [];
  for (const { kind, id, document, body } of documents) {
    const digest = digestOf(kind, id, revision, body);
    const { lastInsertRowid: place } = insert.run(kind, id, revision, body, digest);
    for (const { lookup, value } of valuesOf(kind, document)) index.run(kind, lookup, value, place);
    digests.push(digest);
  }
  const use = database.prepare('INSERT INTO used_once VALUES (?, ?)');
  for (const one of used) {
    use.run(one.id, one.ends);
    digests.push(digestOfUse(one));
  }
  const { epoch } = database.prepare('SELECT epoch FROM state').get() as { epoch: string };
  const numbers = { epoch, revision, writes: 1, cleared: 1, lookups: lookupVersion };
  database
    .prepare('UPDATE state SET revision = ?, writes = ?, cleared = ?, digest = ?')
    .run(revision, 1, 1, combined(digestOfNumbers(numbers), ...digests));
}
