import { mkdirSync, renameSync } from 'node:fs';
import { AnonError } from '../errors.ts';

/** Makes a folder that only this user can look into, where it is not there yet. */
export function privateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileFailure(path, 'cannot be made', error);
  }
}

/**
 * Moves a file that cannot be used out of the way, so that nothing in it is lost, and says where it went.
 * `companions` are endings of files that belong to it.
 */
export function setAside(path: string, now: number, companions: readonly string[] = []): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const target = `${path}.set-aside-${stamp}`;
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

/** An error about a file of ours, in words. */
export function fileFailure(path: string, problem: string, cause: unknown): AnonError {
  const code = codeOf(cause);
  const reason = reasons[code] ?? code;
  return new AnonError('state_unusable', `${path} ${problem}${reason && `: ${reason}`}.`, { cause });
}

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOSPC: 'no space is left on the disk',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  ENOENT: 'no such file',
};

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
