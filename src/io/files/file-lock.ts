import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { AnonError } from '../../errors.ts';
import { privateFolder } from './files.ts';
import { withLock } from './lock.ts';

/**
 * Runs `work` while no other process of this user does the same for `file`. Nobody waits: it may take hours. The lock
 * is in `folder`, since the file itself is the user's.
 * @throws {AnonError} `usage` when another process does
 */
export async function withFileLock<Result>(
  folder: string,
  file: string,
  now: () => number,
  work: () => Promise<Result>,
): Promise<Result> {
  privateFolder(folder);
  const name = createHash('sha256').update(whole(file)).digest('hex').slice(0, 32);
  const wait = async () => {
    throw new AnonError('usage', `Another anon-cli process is writing ${file}.`, { hint: 'Let it end, or stop it.' });
  };
  return withLock(join(folder, `${name}.lock`), { now, wait }, work);
}

/** The same whichever way one goes there. */
function whole(file: string): string {
  try {
    return join(realpathSync(dirname(file)), basename(file));
  } catch {
    return resolve(file);
  }
}
