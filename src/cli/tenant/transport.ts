import { parseDuration } from '../../domain/duration.ts';
import { AnonError } from '../../errors.ts';
import type { GlobalOptions } from '../options/global.ts';
import type { Transport } from '../world/context.ts';
import { type Env, isOn } from '../world/environment.ts';

const defaultMaxWaitSeconds = 60;
/** Timers overflow after 24 days. */
const longestSeconds = 86_400;

/** @throws {AnonError} `usage` */
export function transportOf(options: GlobalOptions, env: Env): Transport {
  const debug = options.debug ?? isOn(env.ANON_DEBUG);
  return {
    caFile: options.caFile ?? (env.ANON_CA_FILE || undefined),
    maxWaitMs: 1000 * maxWaitSeconds(options),
    timeoutMs: timeoutMs(options, env),
    debug,
    // The lines of --debug would break the animation.
    spins: !debug,
    silent: options.json === true,
  };
}

function maxWaitSeconds({ maxWait }: GlobalOptions): number {
  if (maxWait === undefined) return defaultMaxWaitSeconds;
  const seconds = parseDuration(maxWait, '90s, 5m, or 0 for no wait');
  if (seconds <= longestSeconds) return seconds;
  throw new AnonError('usage', '--max-wait must be at most 1 day.', { hint: 'Example: --max-wait 5m' });
}

/** @throws {AnonError} `usage` */
function timeoutMs({ timeout }: GlobalOptions, { ANON_TIMEOUT: setting }: Env): number | undefined {
  const text = timeout ?? (setting || undefined);
  if (text === undefined) return undefined;
  const name = timeout === undefined ? 'ANON_TIMEOUT' : '--timeout';
  const seconds = parseDuration(text, `10s, 90s or 2m (${name})`);
  if (seconds >= 1 && seconds <= longestSeconds) return 1000 * seconds;
  throw new AnonError('usage', `${name} must be between 1 second and 1 day.`, { hint: 'Example: --timeout 2m' });
}
