import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AnonError } from '../../errors.ts';

/** Creates a folder for this user alone, unless it exists. @throws {AnonError} `state_unusable` */
export function privateFolder(path: string): void {
  try {
    makeFolder(path);
  } catch (error) {
    throw fileFailure(path, 'cannot be created', error, otherFolders);
  }
}

/** Node.js itself reports a read-only file system as a missing file, and below /proc it never ends. */
function makeFolder(path: string, isFile = 'EEXIST'): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found) throw Object.assign(new Error('not a folder'), { code: isFile });
  if (lstatSync(path, { throwIfNoEntry: false })) throw leadsNowhere();
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent, 'ENOTDIR');
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have created it meanwhile.
    if (!(codeOf(error) === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory())) throw error;
  }
}

function leadsNowhere(): Error {
  return Object.assign(new Error('a dangling symbolic link'), { code: 'ENOTARGET' });
}

const otherFolders =
  'Choose other folders with XDG_DATA_HOME and XDG_CONFIG_HOME, or set ANON_SAVE=0 to save no session.';

/** Whether a file or folder of ours exists. @throws {AnonError} `state_unusable` where that can't be determined */
export function exists(path: string): boolean {
  return unlessMissing(path, () => statSync(path)) !== undefined;
}

/** The content of a file of ours; undefined where it doesn't exist. @throws {AnonError} `state_unusable` */
export function readIfExists(path: string): Buffer | undefined {
  return unlessMissing(path, () => readFileSync(path));
}

/** The names in a folder of ours; empty where it doesn't exist. @throws {AnonError} `state_unusable` */
export function namesIn(folder: string): readonly string[] {
  return unlessMissing(folder, () => readdirSync(folder)) ?? [];
}

function unlessMissing<Result>(path: string, read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw fileFailure(path, 'cannot be read', error);
  }
}

/** Removes a file of ours and its abandoned drafts. @throws {AnonError} `state_unusable` */
export function removeFile(path: string): void {
  removeUnfinished(path);
  remove(path);
}

/** Removes a folder of ours and its content. @throws {AnonError} `state_unusable` */
export function removeFolder(path: string): void {
  remove(path, { recursive: true });
}

/** Removes drafts of `path` that killed processes left behind: they may hold a secret. @throws {AnonError} `state_unusable` */
export function removeUnfinished(path: string): void {
  for (const each of unfinished(path)) remove(each);
}

function remove(path: string, options: { recursive?: true } = {}): void {
  try {
    rmSync(path, { ...options, force: true });
  } catch (error) {
    throw fileFailure(path, 'cannot be removed', error);
  }
}

/** Drafts that were written beside `path`, to be renamed to it, by processes that no longer run. */
function unfinished(path: string): string[] {
  const start = `${basename(path)}.tmp-`;
  return namesIn(dirname(path))
    .filter((name) => name.startsWith(start) && !isBeingWritten(name.slice(start.length)))
    .map((name) => join(dirname(path), name));
}

/** The suffix begins with a process id. A draft with ours is from an earlier process: we write one file at a time. */
function isBeingWritten(suffix: string): boolean {
  const id = Number(/^(\d{1,10})-/.exec(suffix)?.[1]);
  if (Number.isNaN(id) || id === process.pid || id === 0) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Renames an unusable file, so that nothing in it is lost, and returns its new path. `companions`: suffixes of files that
 * belong to it.
 */
export function setAside(path: string, now: number, companions: readonly string[] = []): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const target = freeName(`${path}.set-aside-${stamp}`);
  // The file last: companions that appear after that belong to its successor.
  for (const suffix of [...companions, '']) {
    try {
      renameSync(`${path}${suffix}`, `${target}${suffix}`);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') continue;
      throw fileFailure(path, 'cannot be set aside', error);
    }
  }
  return target;
}

/** Two files may be set aside in the same second. */
function freeName(name: string): string {
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name}-${count}`;
    if (lstatSync(candidate, { throwIfNoEntry: false }) === undefined) return candidate;
  }
}

/** An error about a file of ours: `<path> cannot be read: permission denied.` */
export function fileFailure(path: string, problem: string, cause: unknown, hint?: string): AnonError {
  const reason = reasonOf(cause);
  return new AnonError('state_unusable', `${path} ${problem}${reason && `: ${reason}`}.`, { hint, cause });
}

/** The system's reason in words, or its code. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return reasons[code] ?? code;
}

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOSPC: 'no space left on the disk',
  SQLITE_FULL: 'no space left on the disk',
  EDQUOT: 'the disk quota is exceeded',
  EFBIG: 'the file would exceed a size limit',
  EIO: 'disk I/O error',
  EROFS: 'the file system is read-only',
  SQLITE_READONLY: 'it is read-only',
  SQLITE_BUSY: 'another process is writing to it',
  ENOTDIR: 'part of its path is not a folder',
  EEXIST: 'it already exists',
  EISDIR: 'it is a folder',
  ENOTARGET: 'a symbolic link in its path leads nowhere',
  ENOENT: 'no such file',
  ELOOP: 'its symbolic links form a loop',
  ENAMETOOLONG: 'its path is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOTFILE: 'it is not a file',
};

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
