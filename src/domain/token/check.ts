import type { JsonObject } from '../../wire/schema.ts';

/** The checks of an access token, in order. */
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
 * The outcome of one check. `not_checked`: the check was due but could not be made, so the result is unknown.
 * `skipped`: the check was not due; the detail says why.
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

/** A well-formed compact JWS. Nothing in it is verified yet. */
export interface SignedToken {
  readonly text: string;
  readonly form: 'jws';
  readonly header: JsonObject;
  readonly alg: string;
  readonly kid: string | undefined;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}
