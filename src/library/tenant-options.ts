/** How a function of the library reaches a tenant. */
export interface TenantOptions {
  /** The tenant's domain, `acme.eu.auth0.com`; a tenant on this machine may be `http://localhost:4400`. */
  readonly domain: string;
  /** In place of the global `fetch`: for a proxy, or a tenant that is served some other way. */
  readonly fetch?: typeof globalThis.fetch;
  /** For how long a request may be put off by a rate limit, in seconds: 60 unless given, 0 not to wait. */
  readonly maxWaitSeconds?: number;
  /** Gives up when it is aborted. */
  readonly signal?: AbortSignal;
}
