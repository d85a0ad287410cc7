import { randomBytes } from 'node:crypto';
import { closeSync, constants, copyFileSync, linkSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import type { Contents } from './contents.ts';
import { applicationId, checkedContents, dataVersion, makeState, upgraded } from './schema.ts';
import { guarded, StateFileError, system } from './state-file-error.ts';
import type { StoreReader } from './store.ts';
import { atOneMoment, busyTimeoutMs } from './transaction.ts';

export interface OpenedFile {
  readonly database: Database.Database;
  readonly contents: Contents;
  /** What `dataVersion` gave when that was read. */
  readonly version: number;
  /** Tells this file from another that has its path. */
  readonly file: number | undefined;
}

/**
 * Opens the state file at `path`, and makes one where there is none. It has been looked through whole before anything
 * in it counts: its structure by SQLite, and its documents by the digest that is written with them.
 * @throws {StateFileError} when it is there and is not such a state, or cannot be opened
 */
export function openStateFile(path: string): OpenedFile {
  const { database, file } = connected(path);
  try {
    const found = atOneMoment(database, () => ({ ...checkedContents(database), version: dataVersion(database) }));
    // What another process writes between the two is read at the next look.
    const contents = found.isOld ? upgraded(database) : found.contents;
    return { database, contents, version: found.version, file };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** How often a file is looked for that others set aside and begin anew meanwhile. */
const mostTries = 10;

function connected(path: string): Pick<OpenedFile, 'database' | 'file'> {
  for (let tries = 1; ; tries += 1) {
    if (fileAt(path) === undefined) createStateFile(path);
    const file = fileAt(path);
    try {
      checkHeader(path);
      return { database: databaseAt(path, busyTimeoutMs), file };
    } catch (error) {
      if (fileAt(path) === file || tries === mostTries) throw error;
    }
  }
}

/**
 * A file that is there is a whole one: it is made under another name, and given its own when it is finished. So an empty
 * file is one that has lost what was in it. Of several processes that make one at once the first wins.
 */
function createStateFile(path: string): void {
  const draft = `${path}.tmp-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    // Made here so that it is private from its first byte; SQLite gives its journal the same mode.
    system(() => closeSync(openSync(draft, 'wx', 0o600)));
    const database = guarded(() => new Database(draft, { timeout: busyTimeoutMs }));
    try {
      makeState(database);
    } finally {
      database.close();
    }
    system(() => named(draft, path));
  } finally {
    for (const ending of ['', '-journal']) rmSync(`${draft}${ending}`, { force: true });
  }
}

function named(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    // Not every file system has links.
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
    try {
      copyFileSync(draft, path, constants.COPYFILE_EXCL);
    } catch (again) {
      if (!hasCode(again, 'EEXIST')) throw again;
    }
  }
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/**
 * The database in a file that is there. By its path alone SQLite would make one where the file was set aside a moment
 * ago, empty and for all to read, and the next process would take it for a state that has lost everything.
 * @see https://www.sqlite.org/uri.html
 */
function databaseAt(path: string, timeout: number): Database.Database {
  // It gives no code of SQLite's where it cannot open the file.
  return system(() => new Database(`${pathToFileURL(path).href}?mode=rw`, { timeout }));
}

/**
 * What is in the state file at `path` now, for a reader in a hurry: nothing is made or changed, and a writer that holds
 * it longer than a moment is not waited for.
 * @throws {StateFileError} when the file holds something else, or cannot be read
 */
export function readStateFile(path: string): StoreReader {
  checkHeader(path);
  const database = databaseAt(path, 500);
  try {
    return atOneMoment(database, () => checkedContents(database)).contents.documents;
  } finally {
    database.close();
  }
}

export function fileAt(path: string): number | undefined {
  return system(() => statSync(path, { throwIfNoEntry: false })?.ino);
}

/** @see https://www.sqlite.org/fileformat.html, section 1.3 */
const magic = 'SQLite format 3\u0000';

/**
 * What must be known before SQLite may touch the file: that it is one and no folder or pipe, and that it has no log beside
 * it. A state of ours never has one; SQLite would make one, or work through that of another program.
 */
function checkHeader(path: string): void {
  const header = system(() => {
    const status = statSync(path);
    if (!status.isFile() && !status.isDirectory()) throw Object.assign(new Error('not a file'), { code: 'ENOTFILE' });
    return firstBytes(path, 100);
  });
  if (header.length < 100 || header.toString('latin1', 0, 16) !== magic) throw new StateFileError('corrupt');
  const [writeVersion, readVersion] = [header[18], header[19]];
  if (writeVersion === 1 && readVersion === 1) return;
  const hasLog = writeVersion === 2 && readVersion === 2;
  throw new StateFileError(hasLog && header.readUInt32BE(68) !== applicationId ? 'foreign' : 'corrupt');
}

function firstBytes(path: string, length: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, 0));
  } finally {
    closeSync(descriptor);
  }
}
