import { isAnonError } from '../../errors.ts';
import type { MovedClock } from '../../local/state/clock.ts';
import { readState } from './reading.ts';
import type { StateAddress } from './state-address.ts';

/**
 * The local tenant's clock, read from its state; undefined while it is this machine's. Where the state can't be read, it counts as
 * this machine's, with a warning for a database: a file that can't be read is replaced by the next command that needs it.
 */
export async function localClock(
  findState: () => Promise<StateAddress>,
  warn: (message: string) => void,
): Promise<MovedClock | undefined> {
  try {
    return await readState(
      await findState(),
      async () => (await import('../../local/state/read-state.ts')).readLocalClock,
    );
  } catch (error) {
    if (isAnonError(error))
      warn(`The local tenant's clock is unknown, so times are by this machine's. ${error.message}`);
    return undefined;
  }
}
