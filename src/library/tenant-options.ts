import type { Members } from './members.ts';

/** The tenant that a function calls, and how. */
export interface TenantOptions {
  /** The tenant's domain, `acme.eu.auth0.com`; a tenant on this machine may be `http://localhost:4400`. */
  readonly domain: string;
  /** Replaces the global `fetch`: for a proxy, or a tenant that is served in another way. */
  readonly fetch?: typeof globalThis.fetch;
  /** The longest time to wait when rate limited, in seconds (default: 60; 0 never waits). */
  readonly maxWaitSeconds?: number;
  /** Abort it to cancel the call. */
  readonly signal?: AbortSignal;
}

/** `domain` has an error of its own. */
export const tenantOptionKinds: Members<TenantOptions> = {
  ...{ domain: 'any', fetch: 'function', maxWaitSeconds: 'number', signal: 'any' },
};
