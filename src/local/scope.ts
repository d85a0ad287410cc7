import type { Edition } from '../wire/edition/edition.ts';
import type { JsonObject } from '../wire/schema.ts';
import type { ActionRunner } from './actions/runner.ts';
import type { CommonHeaders } from './http/response.ts';
import type { RequestFacts } from './http/served-request.ts';
import type { Random } from './random.ts';
import type { ClockSetting } from './state/clock.ts';
import type { Store } from './store/store.ts';
import type { TenantKeys } from './tokens/keys.ts';

/** What the routes of a tenant share. */
export interface TenantScope {
  readonly store: Store;
  readonly random: Random;
  readonly runAction?: ActionRunner | undefined;
  /** The e-mail address or id of a user who is logged in where the login page would appear. */
  readonly autoLogin?: string | undefined;
}

/** The tenant while it answers one request. Read once, so that everything in a response agrees. */
export interface Moment {
  readonly edition: Edition;
  readonly settings: JsonObject;
  readonly issuer: string;
  readonly keys: TenantKeys;
  /** The tenant's time, in whole seconds since 1970. */
  readonly nowSeconds: number;
  /** The machine's, in milliseconds since 1970. */
  readonly machineMs: number;
  /** How the two differ. */
  readonly clock: ClockSetting;
  /** What the state says of its randomness; undefined where it has no seed. */
  readonly randomness: JsonObject | undefined;
  /** Where routes write down what they find out about the request, if somebody wants to know. */
  readonly facts?: RequestFacts;
}

/** What a route finds in `c.env`. */
export interface MomentBindings {
  Bindings: Moment & { readonly commonHeaders: CommonHeaders };
}

/** Writes down what a route has found out. */
export function note({ facts }: Moment, found: RequestFacts): void {
  if (facts) Object.assign(facts, found);
}
