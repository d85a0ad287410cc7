import type { Listening } from '../../local/http/listen.ts';
import { randomSecret } from './random-secret.ts';

/** How to reach the control endpoints of a served tenant. */
export interface ControlAddress {
  /** `http://localhost:PORT/_anon`: over plain HTTP, so that a test needs no certificate. */
  readonly url: string;
  /** Undefined where none is needed. */
  readonly token: string | undefined;
}

/** Who may use the control endpoints: who has a token, or every process of this machine. Undefined: nobody. */
export type ControlPolicy = 'token' | 'open' | undefined;

/** The same for the tenant, with a new token. */
export function controlAccess(policy: ControlPolicy): Pick<ControlAddress, 'token'> | undefined {
  return policy && { token: policy === 'token' ? randomSecret() : undefined };
}

/** Undefined where the server listens on other addresses than this machine's own. */
export function controlAddress(
  { url, port }: Listening,
  access: Pick<ControlAddress, 'token'> | undefined,
): ControlAddress | undefined {
  const isLocal = new URL(url).hostname === 'localhost';
  return access && isLocal ? { url: `http://localhost:${port}/_anon`, token: access.token } : undefined;
}
