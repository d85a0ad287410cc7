import type { RequestedApi } from '../api/choose.ts';
import type { RequestingApp } from '../app/choose.ts';

/** What was asked when the tenant refused. */
export interface RefusedRequest {
  readonly app: RequestingApp;
  readonly api: RequestedApi;
  readonly scope: string | undefined;
  /** The doctor asked, so that there is no sense in sending for it. */
  readonly diagnosed?: boolean;
}
