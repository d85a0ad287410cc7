import { randomBytes } from 'node:crypto';
import { closeSync, constants, copyFileSync, linkSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import type { DocumentDatabase } from '../database.ts';
import { lookupVersion } from '../lookups.ts';
import { memoryDatabase } from '../memory.ts';
import { readState } from './check.ts';
import { checkFile, fileVersion } from './checked-file.ts';
import { applicationId, createTables, currentLayout, dropTables, fillTables, layoutOf } from './layout.ts';
import { readWhole } from './old-layouts.ts';
import { guarded, StateFileError, system } from './state-file-error.ts';
import { busyTimeoutMs, readSnapshot, transaction } from './transaction.ts';

export interface OpenedFile {
  readonly database: Database.Database;
  /** Which file it is. @see FileVersion */
  readonly file: bigint | undefined;
}

/**
 * Opens the state file at `path`, or creates it. Nothing in it is used before it was checked: its structure by SQLite,
 * and its documents by the digests that are saved with them.
 * @throws {StateFileError} when the file is not a state file or cannot be opened
 */
export function openStateFile(path: string): OpenedFile {
  const { database, file } = openOrCreate(path);
  try {
    const mustUpgrade = readSnapshot(database, () => {
      const layout = layoutOf(database);
      if (layout === currentLayout) checkFile(path, database);
      return isOutdated(database, layout);
    });
    if (mustUpgrade) transaction(database, () => upgrade(database));
    return { database, file };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Converts a state of an earlier layout or with earlier lookups, unless another process has done so. Keeps everything. */
function upgrade(database: Database.Database): void {
  const layout = layoutOf(database);
  if (!isOutdated(database, layout)) return;
  const whole = readWhole(database, layout);
  dropTables(database);
  createTables(database);
  fillTables(database, whole);
}

function isOutdated(database: Database.Database, layout: number): boolean {
  return layout < currentLayout || readState(database).numbers.lookups !== lookupVersion;
}

/** How many times to open a file that other processes keep replacing. */
const maxAttempts = 10;

function openOrCreate(path: string): OpenedFile {
  for (let attempt = 1; ; attempt += 1) {
    if (fileVersion(path) === undefined) createStateFile(path);
    const file = fileVersion(path)?.file;
    try {
      checkHeader(path);
      return { database: databaseAt(path, busyTimeoutMs), file };
    } catch (error) {
      // Undefined: it was set aside before it could be looked at.
      const isSame = file !== undefined && fileVersion(path)?.file === file;
      if (isSame || attempt === maxAttempts) throw error;
    }
  }
}

/**
 * Creates the file under another name and links it to `path` when it is complete. So an empty state file is always one that has
 * lost its contents. When several processes create it at once, the first one wins.
 */
function createStateFile(path: string): void {
  const draft = `${path}.tmp-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    // Created here so that it is private from the start; SQLite gives its journal the same mode.
    system(() => closeSync(openSync(draft, 'wx', 0o600)));
    const database = guarded(() => new Database(draft, { timeout: busyTimeoutMs }));
    try {
      transaction(database, () => createTables(database));
    } finally {
      database.close();
    }
    system(() => publish(draft, path));
  } finally {
    for (const suffix of ['', '-journal']) rmSync(`${draft}${suffix}`, { force: true });
  }
}

/** Gives the draft its final name, unless another file has it. */
function publish(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    // Not every file system supports hard links.
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
 * Opens an existing file. Given only a path, SQLite would create a file that was set aside a moment ago: empty and readable
 * for everybody, and the next process would take it for a state that has lost everything.
 * @see https://www.sqlite.org/uri.html
 */
function databaseAt(path: string, timeout: number): Database.Database {
  // The error has no SQLite code when the file cannot be opened.
  return system(() => new Database(`${pathToFileURL(path).href}?mode=rw`, { timeout }));
}

/**
 * Opens the state file at `path` to read it, without creating or changing anything, and waits at most half a second for a
 * writer. A state that would have to be upgraded is read into memory.
 * @throws {StateFileError} when the file is not a state file or cannot be read
 */
export function openToRead(path: string): OpenedFile | DocumentDatabase {
  checkHeader(path);
  const { file } = fileVersion(path) ?? {};
  const database = databaseAt(path, 500);
  let isNeeded = false;
  try {
    return readSnapshot(database, () => {
      const layout = layoutOf(database);
      if (isOutdated(database, layout)) return memoryDatabase(readWhole(database, layout).documents);
      checkFile(path, database, { mayWrite: false });
      isNeeded = true;
      return { database, file };
    });
  } finally {
    if (!isNeeded) database.close();
  }
}

/** @see https://www.sqlite.org/fileformat.html, section 1.3 */
const magic = 'SQLite format 3\u0000';

/**
 * Checks what SQLite must not be left to find out: that the path is a regular file, and that the database has no
 * write-ahead log. A state of ours never has one; SQLite would create one, or replay another program's.
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
