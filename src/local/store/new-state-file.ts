import { randomBytes } from 'node:crypto';
import { closeSync, constants, copyFileSync, linkSync, openSync, rmSync } from 'node:fs';
import Database from 'libsql';
import { makeState } from './schema.ts';
import { guarded, system } from './state-file-error.ts';
import { busyTimeoutMs } from './transaction.ts';

/**
 * A file that is there is a whole one: it is made under another name, and given its own when it is finished. So an empty
 * file is one that has lost what was in it. Of several processes that make one at once the first wins.
 */
export function createStateFile(path: string): void {
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
