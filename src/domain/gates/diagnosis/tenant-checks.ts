import { detectEdition, type Edition } from '../../../wire/edition/edition.ts';
import type { TenantSettingsBody } from '../../../wire/tenant-settings.ts';
import { describeLifetime } from '../../duration.ts';
import { isEmbedded, type TenantConnection } from '../../exchange/connection.ts';
import { recommendedLifetimeSeconds, sessionLifetimeWarning } from '../../lifetime.ts';
import { type Check, findingFrom } from './check.ts';

/**
 * The edition detected from the tenant's settings, and whether commands use it. `isForced`: this command was given
 * another one.
 */
export function checkEdition(
  { edition, selection }: TenantConnection,
  settings: TenantSettingsBody,
  { isForced }: { isForced: boolean },
): Check {
  const check = 'edition';
  const detected = detectEdition(settings);
  if (edition === undefined || edition === detected) {
    return { check, state: 'open', finding: `${detected} (detected from the tenant's settings)` };
  }
  if (isForced) {
    const finding = `the tenant's settings look like ${detected}, but this command uses ${edition}`;
    return { check, state: 'warning', finding, advice: 'Run the command without --edition and ANON_EDITION.' };
  }
  return {
    check,
    state: 'warning',
    finding: `the tenant's settings look like ${detected}, but commands use ${edition}`,
    fix: `anon-cli profile set edition auto${selection}`,
  };
}

/** Whether the tenant has the feature. Few tenants' settings show it, and the local tenant has it unless they deny it. */
export function checkFeature(tenant: TenantConnection, { flags }: TenantSettingsBody): Check {
  const check = 'feature';
  const flag = flags?.anonymous_sessions_enabled;
  if (flag === true) return { check, state: 'open', finding: 'the tenant has anonymous sessions' };
  if (flag === false) return featureMissing;
  if (isEmbedded(tenant)) return { check, state: 'open', finding: 'the local tenant has anonymous sessions' };
  return { check, state: 'unknown', finding: "not shown in the tenant's settings; to find out: --probe" };
}

export const featureMissing: Check = {
  check: 'feature',
  state: 'closed',
  finding: 'the tenant does not have anonymous sessions',
  advice: 'Auth0 enables it: ask Auth0 support or your account contact for Early Access to anonymous sessions.',
};

/** Whether the session lifetime is within the limits and as long as the documentation recommends. */
export function checkLifetime({ selection }: TenantConnection, edition: Edition, settings: TenantSettingsBody): Check {
  const check = 'lifetime';
  const { lifetimeSeconds } = edition.tenant.read(settings);
  const problem = lifetimeProblem(edition, lifetimeSeconds);
  const finding =
    lifetimeSeconds === 0 ? 'sessions never expire' : `sessions live ${describeLifetime(lifetimeSeconds)}`;
  if (problem === undefined) return { check, state: 'open', finding };
  return {
    check,
    state: 'warning',
    finding: `${finding}: ${problem}`,
    fix: `anon-cli tenant set-lifetime 30d${selection}`,
  };
}

function lifetimeProblem(edition: Edition, lifetimeSeconds: number): string | undefined {
  const { minSeconds, maxSeconds, mayNeverEnd } = edition.sessionLifetime;
  const unbounded = lifetimeSeconds === 0 && mayNeverEnd;
  if (!unbounded && (lifetimeSeconds < minSeconds || lifetimeSeconds > maxSeconds)) {
    return `the range is ${describeLifetime(minSeconds)} to ${describeLifetime(maxSeconds)}`;
  }
  const warning = sessionLifetimeWarning(lifetimeSeconds);
  if (warning !== undefined) return findingFrom(warning.charAt(0).toLowerCase() + warning.slice(1));
  return lifetimeSeconds !== 0 && lifetimeSeconds < recommendedLifetimeSeconds
    ? '30 days or longer is recommended'
    : undefined;
}

/** Whether session tokens are encrypted. */
export function checkFormat({ selection }: TenantConnection, edition: Edition, settings: TenantSettingsBody): Check {
  const check = 'format';
  const { tokenFormat } = edition.tenant.read(settings);
  if (tokenFormat === 'jwe') return { check, state: 'open', finding: 'session tokens are encrypted (JWE)' };
  return {
    check,
    state: 'warning',
    finding: 'session tokens are JWTs, readable by anyone who holds one',
    fix: `anon-cli tenant set-format jwe${selection}`,
  };
}
