import { detectEdition, type Edition } from '../../../wire/edition/edition.ts';
import type { TenantSettingsBody } from '../../../wire/tenant-settings.ts';
import { describeLifetime, recommendedLifetimeSeconds, sessionLifetimeWarning } from '../../duration.ts';
import type { TenantConnection } from '../../exchange/connection.ts';
import { type Check, phrase } from './check.ts';

/** Which edition the tenant's settings tell of, and whether commands speak that one. */
export function checkEdition({ edition, selection }: TenantConnection, settings: TenantSettingsBody): Check {
  const check = 'edition';
  const told = detectEdition(settings);
  if (edition === undefined || edition === told) {
    return { check, state: 'open', finding: `${told}, as its settings tell` };
  }
  return {
    check,
    state: 'warning',
    finding: `its settings tell of ${told}, and commands speak ${edition}`,
    fix: `anon-cli profile set edition auto${selection}`,
  };
}

/** Whether the tenant has the feature: that its settings name it is the exception. */
export function checkFeature({ flags }: TenantSettingsBody): Check {
  const check = 'feature';
  const flag = flags?.anonymous_sessions_enabled;
  if (flag === true) return { check, state: 'open', finding: 'the tenant has anonymous sessions' };
  if (flag === false) return featureMissing;
  return { check, state: 'unknown', finding: 'the settings do not tell whether the tenant has it; --probe does' };
}

export const featureMissing: Check = {
  check: 'feature',
  state: 'closed',
  finding: 'the tenant does not have anonymous sessions',
  advice: 'It is switched on by Auth0: ask your contact there, or support, for the Early Access of anonymous sessions.',
};

/** Whether sessions live as long as the documentation recommends. */
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
    return `the limits are ${describeLifetime(minSeconds)} and ${describeLifetime(maxSeconds)}`;
  }
  const warning = sessionLifetimeWarning(lifetimeSeconds);
  if (warning !== undefined) return phrase(warning.charAt(0).toLowerCase() + warning.slice(1));
  return lifetimeSeconds !== 0 && lifetimeSeconds < recommendedLifetimeSeconds
    ? '30 days or longer is recommended'
    : undefined;
}

/** Whether session tokens are sealed. */
export function checkFormat({ selection }: TenantConnection, edition: Edition, settings: TenantSettingsBody): Check {
  const check = 'format';
  const { tokenFormat } = edition.tenant.read(settings);
  if (tokenFormat === 'jwe') return { check, state: 'open', finding: 'session tokens are sealed (JWE)' };
  return {
    check,
    state: 'warning',
    finding: 'session tokens are JWTs, which anyone who holds one can read',
    fix: `anon-cli tenant set-format jwe${selection}`,
  };
}
