import type { Clock } from '../../domain/clock.ts';
import type { Breakage, Transit } from '../../local/http/transit.ts';
import { unreachable } from '../http/connection-failure.ts';
import { limitsWithin } from '../http/http.ts';

interface Trip {
  readonly url: string;
  readonly clock: Clock;
  readonly timeoutMs: number | undefined;
}

/**
 * Lets a response in this process travel as a fault has marked it: ends when it has arrived as usual.
 * @throws {UnreachableError} as over a socket, where it would not arrive or take too long
 */
export async function inTransit({ delayMs, breakage }: Transit, { url, clock, timeoutMs }: Trip): Promise<void> {
  const limits = limitsWithin(timeoutMs);
  const failed = { url: new URL(url), sent: true, limits };
  if (breakage === 'drop' || delayMs > limits.totalMs) {
    await clock.wait(limits.totalMs);
    throw unreachable({ ...failed, overdue: true }, new Error('overdue'));
  }
  if (delayMs > 0) await clock.wait(delayMs);
  if (breakage)
    throw unreachable({ ...failed, overdue: false }, Object.assign(new Error(breakage), { code: codes[breakage] }));
}

/** What a socket reports. */
const codes: Readonly<Record<Exclude<Breakage, 'drop'>, string>> = {
  reset: 'ECONNRESET',
  truncate: 'UND_ERR_SOCKET',
};
