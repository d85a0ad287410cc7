import type Database from 'libsql';
import { type Contents, readContents, textOf, wholeDigest } from './contents.ts';
import { StateFileError } from './state-file-error.ts';
import { transaction } from './transaction.ts';

/** Marks the file as this project's ("anon"), so that another program's database is never taken for one. */
export const applicationId = 0x616e6f6e;
/** Version 1 had no digest of its documents. */
const schemaVersion = 2;
/** No version will ever have a higher number: one that does is damage. */
const highestVersion = 255;

const documentTable = `CREATE TABLE document (
  kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
) STRICT`;
const digestTable = 'CREATE TABLE state (digest TEXT NOT NULL) STRICT';

/** Makes an empty database a state of this version that holds nothing. */
export function makeState(database: Database.Database): void {
  transaction(database, () =>
    database.exec(`${documentTable}; ${digestTable};
      INSERT INTO state VALUES ('${wholeDigest(new Map())}');
      PRAGMA application_id = ${applicationId};
      PRAGMA user_version = ${schemaVersion};`),
  );
}

/** @throws {StateFileError} unless the file is a state of this version or an earlier one, and whole */
export function checkedContents(database: Database.Database): { contents: Contents; isOld: boolean } {
  const [id, schema] = [pragma(database, 'application_id'), pragma(database, 'user_version')];
  if (id !== applicationId) throw new StateFileError(isForeign(database, id) ? 'foreign' : 'corrupt');
  if (schema > schemaVersion && schema <= highestVersion) throw new StateFileError('newer');
  if (schema < 1 || schema > highestVersion || hasFaults(database)) throw new StateFileError('corrupt');
  const contents = readContents(database);
  if (schema > 1) checkDigest(database, contents);
  else if (isHalf(contents)) throw new StateFileError('corrupt');
  return { contents, isOld: schema < schemaVersion };
}

/** What has our table and not our mark is a state of ours that is damaged; what has neither and is empty may be one. */
function isForeign(database: Database.Database, id: number): boolean {
  const sql =
    "SELECT count(*) AS count, sum(sql LIKE 'CREATE TABLE document (%kind %id %body %') AS ours FROM sqlite_schema";
  const { count, ours } = database.prepare(sql).get() as { count: number; ours: number | null };
  return !ours && (id !== 0 || count > 0);
}

/** Whether SQLite finds fault with the file. Its words are not read: they may hold what is damaged. */
function hasFaults(database: Database.Database): boolean {
  const sql = "SELECT count(*) AS faults FROM pragma_integrity_check(1) WHERE integrity_check <> 'ok'";
  return (database.prepare(sql).get() as { faults: number }).faults > 0;
}

/** Settings and keys are written in one step with all else: of version 1 no more can be told. */
function isHalf({ documents, digests }: Contents): boolean {
  return digests.size > 0 && !(documents.get('tenant', 'settings') && documents.get('key', 'current'));
}

/** @throws {StateFileError} `corrupt` when these are not the documents that were written */
export function checkDigest(database: Database.Database, { digests }: Contents): void {
  const rows = database.prepare('SELECT CAST(digest AS BLOB) AS digest FROM state').all() as { digest: ArrayBuffer }[];
  const written = rows.map(({ digest }) => textOf(digest));
  if (written.length !== 1 || written[0] !== wholeDigest(digests)) throw new StateFileError('corrupt');
}

/** Moves whenever another connection writes. */
export function dataVersion(database: Database.Database): number {
  return pragma(database, 'data_version');
}

export function writeDigest(database: Database.Database, digests: ReadonlyMap<string, bigint>): void {
  database.prepare('UPDATE state SET digest = ?').run(wholeDigest(digests));
}

/** A state of version 1 gets its digest; another process may have done so meanwhile. All documents stay as they are. */
export function upgraded(database: Database.Database): Contents {
  return transaction(database, () => {
    const { contents, isOld } = checkedContents(database);
    if (isOld) {
      database.exec(`${digestTable}; INSERT INTO state VALUES (''); PRAGMA user_version = ${schemaVersion};`);
      writeDigest(database, contents.digests);
    }
    return contents;
  });
}

function pragma(database: Database.Database, name: 'application_id' | 'user_version' | 'data_version'): number {
  return Number((database.prepare(`PRAGMA ${name}`).get() as Record<string, unknown>)[name]);
}
