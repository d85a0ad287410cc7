import type { JsonObject } from '../../wire/schema.ts';

/** What is looked at in an access token, in this order. */
export const checkNames = [
  'form',
  'header',
  'kind',
  'algorithm',
  'signature',
  'claims',
  'iss',
  'aud',
  'exp',
  'nbf',
  'iat',
  'scope',
  'guest',
] as const;
export type CheckName = (typeof checkNames)[number];

/**
 * What came of looking at one thing. `not_checked` is what should have been looked at and could not be: neither good nor bad.
 * `skipped` is no failure; the detail says why nobody looked.
 */
export interface Check {
  readonly check: CheckName;
  readonly state: 'ok' | 'failed' | 'not_checked' | 'skipped';
  readonly detail: string;
}

export function ok(check: CheckName, detail: string): Check {
  return { check, state: 'ok', detail };
}

export function failed(check: CheckName, detail: string): Check {
  return { check, state: 'failed', detail };
}

export function notChecked(check: CheckName, detail: string): Check {
  return { check, state: 'not_checked', detail };
}

export function skipped(check: CheckName, detail: string): Check {
  return { check, state: 'skipped', detail };
}

/** A compact JWS that is what it should look like. Nothing that it says is believed yet. */
export interface SignedToken {
  readonly text: string;
  readonly form: 'jws';
  readonly header: JsonObject;
  readonly alg: string;
  readonly kid: string | undefined;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}
