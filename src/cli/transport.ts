import { parseDuration } from '../domain/duration.ts';
import { AnonError } from '../errors.ts';
import type { Env } from './context.ts';
import { isOn } from './environment.ts';
import type { GlobalOptions } from './global-options.ts';

/** How a command talks to its tenant, whichever it is. */
export interface Transport {
  /** A file of certificates to trust beside the usual ones. */
  readonly caFile: string | undefined;
  /** The most that one request waits for the tenant. */
  readonly maxWaitMs: number;
  /** Every exchange is told on stderr. */
  readonly debug: boolean;
  /** Nothing is said of waits. */
  readonly silent: boolean;
}

const usualMaxWaitSeconds = 60;
/** A timer holds no more than 24 days; nobody waits for one. */
const longestMaxWaitSeconds = 86_400;

/** @throws {AnonError} `usage` */
export function transportOf(options: GlobalOptions, env: Env): Transport {
  return {
    caFile: options.caFile ?? (env.ANON_CA_FILE || undefined),
    maxWaitMs: 1000 * maxWaitSeconds(options),
    debug: options.debug ?? isOn(env.ANON_DEBUG),
    silent: options.json === true,
  };
}

function maxWaitSeconds({ maxWait }: GlobalOptions): number {
  if (maxWait === undefined) return usualMaxWaitSeconds;
  const seconds = parseDuration(maxWait, 'such as 90s, 5m, or 0 not to wait at all');
  if (seconds <= longestMaxWaitSeconds) return seconds;
  throw new AnonError('usage', 'No request waits longer than a day.', { hint: 'Such as --max-wait 5m' });
}
