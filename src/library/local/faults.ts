/** What a fault does, as the options of `anon-cli local fault add`. */
export type FaultEffect =
  /** Answers with a status. Without `body`, the endpoint's error with this status. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly retryAfterSeconds?: number;
    }
  /** Delays the response, in time of this machine. */
  | { readonly kind: 'latency'; readonly latencyMs: number }
  /** Resets the connection, closes it in the middle of the response, or never answers. */
  | { readonly kind: 'reset' | 'truncate' | 'drop' };

/** Which requests a fault hits; what is missing selects all. */
export interface FaultAim {
  /** The path of an endpoint, with `:name` for a part that varies; with `*` at its end, all that begin like it. */
  readonly route?: string;
  /** Default: every method but OPTIONS. */
  readonly method?: string;
  /** The client id of an application. */
  readonly clientId?: string;
  /** The share of the requests, from 0 to 1, which `seed` (default: 1) selects. */
  readonly rate?: number;
  readonly seed?: number;
  /** How many requests it hits at most, and how many pass before. */
  readonly count?: number;
  readonly after?: number;
}

/** The faults of a tenant, but for its own functions, such as `createGuest`. */
export interface TenantFaults {
  /** Returns its name. @throws `usage` for a path that is not an endpoint's, or a name that is taken */
  add(fault: FaultEffect & FaultAim & { readonly name?: string }): Promise<string>;
  /** How many requests a fault hit; counted only with `rate`, `count` or `after`. */
  list(): Promise<readonly { readonly name: string; readonly hit: number }[]>;
  /** @throws `not_found` */
  remove(name: string): Promise<void>;
  clear(): Promise<void>;
  /** Lets `requests` through at once, and as many again in each period of this machine's time; 0 ends the limit of the route. */
  limit(limit: { readonly requests: number; readonly periodSeconds: number; readonly route?: string }): Promise<void>;
}
