import { randomBytes } from 'node:crypto';
import { closeSync, constants, copyFileSync, linkSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import type { Contents } from './contents.ts';
import { applicationId, createSchema, dataVersion, readCheckedContents, upgradeSchema } from './schema.ts';
import { guarded, StateFileError, system } from './state-file-error.ts';
import type { StoreReader } from './store.ts';
import { busyTimeoutMs, readSnapshot } from './transaction.ts';

export interface OpenedFile {
  readonly database: Database.Database;
  readonly contents: Contents;
  /** The data version at which the contents were read. */
  readonly version: number;
  /** The inode: distinguishes this file from a later one at the same path. */
  readonly file: number | undefined;
}

/**
 * Opens the state file at `path`, or creates it. The whole file is checked before anything in it is used: its structure
 * by SQLite, and its documents by the digest that is saved with them.
 * @throws {StateFileError} when the file is not a state file or cannot be opened
 */
export function openStateFile(path: string): OpenedFile {
  const { database, file } = openOrCreate(path);
  try {
    const found = readSnapshot(database, () => ({ ...readCheckedContents(database), version: dataVersion(database) }));
    // Another process may write before the upgrade; the next refresh reads that.
    const contents = found.isOld ? upgradeSchema(database) : found.contents;
    return { database, contents, version: found.version, file };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** How many times to open a file that other processes keep replacing. */
const maxAttempts = 10;

function openOrCreate(path: string): Pick<OpenedFile, 'database' | 'file'> {
  for (let attempt = 1; ; attempt += 1) {
    if (fileAt(path) === undefined) createStateFile(path);
    const file = fileAt(path);
    try {
      checkHeader(path);
      return { database: databaseAt(path, busyTimeoutMs), file };
    } catch (error) {
      // Undefined: it was set aside before it could be looked at.
      const isSame = file !== undefined && fileAt(path) === file;
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
      createSchema(database);
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
 * Reads the state file at `path` without creating or changing anything, and waits at most half a second for a writer.
 * @throws {StateFileError} when the file is not a state file or cannot be read
 */
export function readStateFile(path: string): StoreReader {
  checkHeader(path);
  const database = databaseAt(path, 500);
  try {
    return readSnapshot(database, () => readCheckedContents(database)).contents.documents;
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
