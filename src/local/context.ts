import type { Random } from './random.ts';
import type { Store } from './store/store.ts';

/** What every route needs to know of its tenant. */
export interface TenantContext {
  readonly store: Store;
  readonly clock: () => number;
  readonly random: Random;
  /** As the state tells it at this request. */
  readonly issuer: string;
}
