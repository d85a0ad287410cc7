import type { Random } from './random.ts';
import type { Store } from './store/store.ts';

/** The tenant as its routes see it. */
export interface TenantContext {
  readonly store: Store;
  readonly clock: () => number;
  readonly random: Random;
  /** The issuer in the state when the request came. */
  readonly issuer: string;
}
