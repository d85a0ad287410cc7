import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isAnonError } from '../../errors.ts';
import { privateFolder } from '../files/files.ts';
import { withLock } from '../files/lock.ts';

interface Ports {
  /** Where the locks are. */
  readonly folder: string;
  readonly clock: { wait: (ms: number) => Promise<void>; now: () => number };
  /** Told where no lock can be had. */
  readonly warn: (message: string) => void;
}

/**
 * Runs `work` while no other process of this user changes settings of the same `tenant`: what one looks at is still so
 * when it writes. Where no lock can be made, on a disk that takes no files, it runs all the same.
 * @throws {AnonError} `state_unusable` when others keep the lock for too long
 */
export async function withTenantLock<Result>(
  { folder, clock, warn }: Ports,
  tenant: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const name = createHash('sha256').update(tenant).digest('hex').slice(0, 32);
  let begun = false;
  try {
    privateFolder(folder);
    return await withLock(join(folder, `tenant-${name}.lock`), clock, () => {
      begun = true;
      return work();
    });
  } catch (error) {
    // One that others hold has no cause.
    if (begun || !isAnonError(error) || error.code !== 'state_unusable' || error.cause === undefined) throw error;
    warn(`Another anon-cli may change the same tenant at the same time: ${error.message}`);
  }
  return work();
}
