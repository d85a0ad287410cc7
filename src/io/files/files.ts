import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AnonError } from '../../errors.ts';

/** Makes a folder that only this user can look into, where it is not there yet. */
export function privateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileFailure(path, 'cannot be made', error, elsewhere);
  }
}

const elsewhere =
  'Other folders can be named: XDG_DATA_HOME, XDG_CONFIG_HOME. To keep no session on this machine: ANON_SAVE=0';

/**
 * Whether a file or folder of ours is there. One that the system does not let us see is not taken for none.
 * @throws {AnonError} `state_unusable`, naming what cannot be read
 */
export function isThere(path: string): boolean {
  return unlessMissing(path, () => statSync(path)) !== undefined;
}

/** What a file of ours holds; undefined where there is none. @throws {AnonError} `state_unusable` */
export function readIfThere(path: string): Buffer | undefined {
  return unlessMissing(path, () => readFileSync(path));
}

/** The names in a folder of ours; none where it is not there. @throws {AnonError} `state_unusable` */
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

/** Removes a file of ours, and what is left of writing it. @throws {AnonError} `state_unusable` */
export function removeFile(path: string): void {
  removeUnfinished(path);
  remove(path);
}

/** Removes a folder of ours with all that is in it. @throws {AnonError} `state_unusable` */
export function removeFolder(path: string): void {
  remove(path, { recursive: true });
}

/** Removes what processes that were killed have left of writing `path`: it may hold a secret. @throws {AnonError} `state_unusable` */
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

/** Files that are written beside `path` and get its name when they are finished, of processes that live no more. */
function unfinished(path: string): string[] {
  const start = `${basename(path)}.tmp-`;
  return namesIn(dirname(path))
    .filter((name) => name.startsWith(start) && !isBeingWritten(name.slice(start.length)))
    .map((name) => join(dirname(path), name));
}

/** The ending begins with the id of its process. One with ours is older than we are: we write one file at a time. */
function isBeingWritten(ending: string): boolean {
  const id = Number(/^(\d{1,10})-/.exec(ending)?.[1]);
  if (Number.isNaN(id) || id === process.pid || id === 0) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Moves a file that cannot be used out of the way, so that nothing in it is lost, and says where it went.
 * `companions` are endings of files that belong to it.
 */
export function setAside(path: string, now: number, companions: readonly string[] = []): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const target = freeName(`${path}.set-aside-${stamp}`);
  // The file last: what stands beside its name after that belongs to one that took its place.
  for (const ending of [...companions, '']) {
    try {
      renameSync(`${path}${ending}`, `${target}${ending}`);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') continue;
      throw fileFailure(path, 'cannot be set aside', error);
    }
  }
  return target;
}

/** Two files may have to go within a second, and neither may end the other. */
function freeName(name: string): string {
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name}-${count}`;
    if (lstatSync(candidate, { throwIfNoEntry: false }) === undefined) return candidate;
  }
}

/** An error about a file of ours, in words. */
export function fileFailure(path: string, problem: string, cause: unknown, hint?: string): AnonError {
  const reason = reasonOf(cause);
  return new AnonError('state_unusable', `${path} ${problem}${reason && `: ${reason}`}.`, { hint, cause });
}

/** Why the system would not, in words where there are some. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return reasons[code] ?? code;
}

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOSPC: 'no space is left on the disk',
  SQLITE_FULL: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than a limit allows',
  EIO: 'the disk cannot be read or written',
  EROFS: 'the file system is read-only',
  SQLITE_READONLY: 'it is read-only',
  SQLITE_BUSY: 'another process is writing it',
  ENOTDIR: 'a part of its path is not a folder',
  EEXIST: 'it is there already',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its path is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOTFILE: 'it is not a file',
};

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
