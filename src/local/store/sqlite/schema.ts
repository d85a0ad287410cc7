import type Database from 'libsql';
import { type Contents, readContents, textOf, wholeDigest } from './contents.ts';
import { StateFileError } from './state-file-error.ts';
import { transaction } from './transaction.ts';

/** "anon": marks the file as this program's, so that another program's database is never mistaken for it. */
export const applicationId = 0x616e6f6e;
/** Version 1 had no digest. */
const schemaVersion = 2;
/** A higher number is damage, because no version will ever have one. */
const highestVersion = 255;

const documentTable = `CREATE TABLE document (
  kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
) STRICT`;
const digestTable = 'CREATE TABLE state (digest TEXT NOT NULL) STRICT';

/** Turns an empty database into an empty state of this version. */
export function createSchema(database: Database.Database): void {
  transaction(database, () =>
    database.exec(`${documentTable}; ${digestTable};
      INSERT INTO state VALUES ('${wholeDigest(new Map())}');
      PRAGMA application_id = ${applicationId};
      PRAGMA user_version = ${schemaVersion};`),
  );
}

/** Reads the contents and checks them. @throws {StateFileError} unless the file is an undamaged state of this version or an earlier one */
export function readCheckedContents(database: Database.Database): { contents: Contents; isOld: boolean } {
  const [id, schema] = [pragma(database, 'application_id'), pragma(database, 'user_version')];
  if (id !== applicationId) throw new StateFileError(isForeign(database, id) ? 'foreign' : 'corrupt');
  if (schema > schemaVersion && schema <= highestVersion) throw new StateFileError('newer');
  if (schema < 1 || schema > highestVersion || hasFaults(database)) throw new StateFileError('corrupt');
  const contents = readContents(database);
  if (schema > 1) checkDigest(database, contents);
  else if (isIncomplete(contents)) throw new StateFileError('corrupt');
  return { contents, isOld: schema < schemaVersion };
}

/** A database with our table but not our id is a damaged state of ours. An empty one without an id may be ours too. */
function isForeign(database: Database.Database, id: number): boolean {
  const sql =
    "SELECT count(*) AS count, sum(sql LIKE 'CREATE TABLE document (%kind %id %body %') AS ours FROM sqlite_schema";
  const { count, ours } = database.prepare(sql).get() as { count: number; ours: number | null };
  return !ours && (id !== 0 || count > 0);
}

/** Runs SQLite's integrity check. Its messages are not read, because they may contain damaged text. */
function hasFaults(database: Database.Database): boolean {
  const sql = "SELECT count(*) AS faults FROM pragma_integrity_check(1) WHERE integrity_check <> 'ok'";
  return (database.prepare(sql).get() as { faults: number }).faults > 0;
}

/** Settings and keys are written together with everything else. In version 1 nothing more can be checked. */
function isIncomplete({ documents, digests }: Contents): boolean {
  return digests.size > 0 && !(documents.get('tenant', 'settings') && documents.get('key', 'current'));
}

/** @throws {StateFileError} `corrupt` when the documents don't match the digest in the file */
export function checkDigest(database: Database.Database, { digests }: Contents): void {
  const rows = database.prepare('SELECT CAST(digest AS BLOB) AS digest FROM state').all() as { digest: ArrayBuffer }[];
  const written = rows.map(({ digest }) => textOf(digest));
  if (written.length !== 1 || written[0] !== wholeDigest(digests)) throw new StateFileError('corrupt');
}

/** Changes whenever another connection writes. */
export function dataVersion(database: Database.Database): number {
  return pragma(database, 'data_version');
}

export function writeDigest(database: Database.Database, digests: ReadonlyMap<string, bigint>): void {
  database.prepare('UPDATE state SET digest = ?').run(wholeDigest(digests));
}

/** Adds the digest to a state of version 1, unless another process has done so. The documents stay unchanged. */
export function upgradeSchema(database: Database.Database): Contents {
  return transaction(database, () => {
    const { contents, isOld } = readCheckedContents(database);
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
