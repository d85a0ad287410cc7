import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { AnonError } from '../errors.ts';

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
 * Moves a file that cannot be used out of the way, so that nothing in it is lost, and says where it went.
 * `companions` are endings of files that belong to it.
 */
export function setAside(path: string, now: number, companions: readonly string[] = []): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const target = freeName(`${path}.set-aside-${stamp}`);
  for (const ending of ['', ...companions]) {
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
    if (!existsSync(candidate)) return candidate;
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
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of its path is not a folder',
  EEXIST: 'it is there already',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file',
};

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
