import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type Database from 'libsql';
import { checkWhole } from './check.ts';
import { system } from './state-file-error.ts';

/** Which file is at a path, and when it was last written. */
export interface FileVersion {
  /** The inode: distinguishes this file from a later one at the same path. */
  readonly file: bigint;
  readonly size: bigint;
  /** The file, its size, and the times of the last write and the last change, in nanoseconds. */
  readonly text: string;
}

/** A smaller file is checked each time: that takes a few milliseconds. */
const smallBytes = 256n * 1024n;

/** Undefined where there is no file. */
export function fileVersion(path: string): FileVersion | undefined {
  const status = system(() => statSync(path, { throwIfNoEntry: false, bigint: true }));
  if (status === undefined) return undefined;
  const { ino, size, mtimeNs, ctimeNs } = status;
  return { file: ino, size, text: `${ino} ${size} ${mtimeNs} ${ctimeNs}` };
}

/**
 * Checks a whole state file, inside a transaction. A large file is not checked again as long as nobody has written it since
 * this program last did: whoever changes a file also changes its times.
 * @throws {StateFileError} `corrupt`
 */
export function checkFile(path: string, database: Database.Database, { mayWrite = true } = {}): void {
  const version = fileVersion(path);
  if (version && version.size >= smallBytes && readMark(path) === version.text) return;
  checkWhole(database);
  if (mayWrite) markChecked(path, version);
}

/** Notes that this version of the file has no damage, because it was checked, or because this program wrote it. */
export function markChecked(path: string, version: FileVersion | undefined): void {
  if (version === undefined || version.size < smallBytes) return;
  try {
    writeFileSync(markPath(path), version.text, { mode: 0o600 });
  } catch {
    // Then the file is checked again next time.
  }
}

function readMark(path: string): string | undefined {
  try {
    return readFileSync(markPath(path), 'utf8');
  } catch {
    return undefined;
  }
}

function markPath(path: string): string {
  return `${path}.checked`;
}
