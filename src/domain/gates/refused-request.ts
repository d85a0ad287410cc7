import type { TokenRequest } from '../session/token-request.ts';

/** What was asked when the tenant refused. */
export interface RefusedRequest extends TokenRequest {
  /** The doctor asked, so that there is no sense in sending for it. */
  readonly diagnosed?: boolean;
}
