import type { RequestedApi } from '../api/find.ts';
import type { RequestingApp } from '../app/find.ts';

/** What was asked when the tenant refused. */
export interface RefusedRequest {
  readonly app: RequestingApp;
  readonly api: RequestedApi;
  readonly scope: string | undefined;
  /** The doctor asked, so that there is no sense in sending for it. */
  readonly diagnosed?: boolean;
}
