import { parseDuration } from '../../domain/duration.ts';
import { AnonError } from '../../errors.ts';
import type { GlobalOptions } from '../options/global.ts';
import type { Transport } from '../world/context.ts';
import { type Env, isOn } from '../world/environment.ts';

const usualMaxWaitSeconds = 60;
/** A timer holds no more than 24 days; nobody waits for one. */
const longestMaxWaitSeconds = 86_400;

/** @throws {AnonError} `usage` */
export function transportOf(options: GlobalOptions, env: Env): Transport {
  const debug = options.debug ?? isOn(env.ANON_DEBUG);
  return {
    caFile: options.caFile ?? (env.ANON_CA_FILE || undefined),
    maxWaitMs: 1000 * maxWaitSeconds(options),
    timeoutMs: timeoutMs(options, env),
    debug,
    // The lines of --debug would be in its way.
    spins: !debug,
    silent: options.json === true,
  };
}

function maxWaitSeconds({ maxWait }: GlobalOptions): number {
  if (maxWait === undefined) return usualMaxWaitSeconds;
  const seconds = parseDuration(maxWait, 'such as 90s, 5m, or 0 not to wait at all');
  if (seconds <= longestMaxWaitSeconds) return seconds;
  throw new AnonError('usage', 'No request waits longer than a day.', { hint: 'Such as --max-wait 5m' });
}

/** @throws {AnonError} `usage` */
function timeoutMs({ timeout }: GlobalOptions, { ANON_TIMEOUT: setting }: Env): number | undefined {
  const text = timeout ?? (setting || undefined);
  if (text === undefined) return undefined;
  const name = timeout === undefined ? 'ANON_TIMEOUT' : '--timeout';
  const seconds = parseDuration(text, `for ${name} such as 10s, 90s or 2m`);
  if (seconds >= 1 && seconds <= longestMaxWaitSeconds) return 1000 * seconds;
  throw new AnonError('usage', `${name} is from 1 second to a day.`, { hint: 'For example --timeout 2m' });
}
