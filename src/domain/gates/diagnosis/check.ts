import { type AnonError, isAnonError } from '../../../errors.ts';
import { redactTokens } from '../../exchange/redact.ts';
import { truncateText } from '../../truncate.ts';

/** What is looked at, in the order in which a guest's request meets it. */
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
  'probe',
] as const;
export type CheckName = (typeof checkNames)[number];

/**
 * `closed` is certain to stand in the way; a `warning` is not; what is `unknown` could not be told, and what is
 * `skipped` was not looked at.
 */
export type CheckState = 'open' | 'closed' | 'warning' | 'unknown' | 'skipped';

export interface Check {
  readonly check: CheckName;
  readonly state: CheckState;
  /** What was found, without a full stop. */
  readonly finding: string;
  /** The command that fixes it. */
  readonly fix?: string | undefined;
  /** What to do where no command of this tool does it. */
  readonly advice?: string | undefined;
  /** Why it could not be told, or what the tenant refused. */
  readonly error?: AnonError | undefined;
}

export type Attempt<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: AnonError };

/** What `work` gives, or how it failed; that the user stopped it is no finding. */
export async function attempt<Value>(work: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!isAnonError(error) || error.code === 'interrupted') throw error;
    return { ok: false, error };
  }
}

/** A check that could not be made. */
export function unseen(check: CheckName, error: AnonError): Check {
  const { message, hint } = error;
  return { check, state: 'unknown', finding: phrase(message), advice: hint && redactTokens(hint), error };
}

/** What certainly stands in the way, as the tenant or the way to it says. */
export function closedBy(check: CheckName, error: AnonError): Check {
  return { ...unseen(check, error), state: 'closed' };
}

export function skipped(check: CheckName, why: string): Check {
  return { check, state: 'skipped', finding: why };
}

/** The message of an error as a finding; it may hold what a user typed in the wrong place. */
export function phrase(message: string): string {
  return truncateText(redactTokens(message.replace(/\.$/, '')));
}
