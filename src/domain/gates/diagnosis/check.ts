import { type AnonError, isAnonError } from '../../../errors.ts';
import { redactTokens } from '../../exchange/redact.ts';
import { truncateText } from '../../truncate.ts';

/** All checks, in the order in which they matter to a guest's request. */
export const checkNames = [
  'reachable',
  'clock',
  'credentials',
  'management_scopes',
  'edition',
  'feature',
  'lifetime',
  'format',
  'app',
  'api',
  'grant',
  'scopes',
  'origin',
  'probe',
] as const;
export type CheckName = (typeof checkNames)[number];

/**
 * `closed`: guests certainly get no token; `warning`: they may still get one; `unknown`: the check failed to find out;
 * `skipped`: not checked.
 */
export type CheckState = 'open' | 'closed' | 'warning' | 'unknown' | 'skipped';

export interface Check {
  readonly check: CheckName;
  readonly state: CheckState;
  /** The result in words, without a full stop. */
  readonly finding: string;
  /** The command that fixes it. */
  readonly fix?: string | undefined;
  /** What to do when no anon-cli command fixes it. */
  readonly advice?: string | undefined;
  /** Why the check failed, or what the tenant refused. */
  readonly error?: AnonError | undefined;
}

export type Attempt<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: AnonError };

/** The result or the failure of `work`. An interruption is thrown: it is not a result. */
export async function attempt<Value>(work: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!isAnonError(error) || error.code === 'interrupted') throw error;
    return { ok: false, error };
  }
}

/** A check that failed to find out. */
export function unknownBecause(check: CheckName, error: AnonError): Check {
  const { message, hint } = error;
  return { check, state: 'unknown', finding: findingFrom(message), advice: hint && redactTokens(hint), error };
}

/** A failure that certainly keeps guests from tokens. */
export function closedBy(check: CheckName, error: AnonError): Check {
  return { ...unknownBecause(check, error), state: 'closed' };
}

export function skipped(check: CheckName, why: string): Check {
  return { check, state: 'skipped', finding: why };
}

/** An error message as a finding. Tokens are removed: a user may have pasted one into the wrong option. */
export function findingFrom(message: string): string {
  return truncateText(redactTokens(message.replace(/\.$/, '')));
}
