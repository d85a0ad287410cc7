/** `local fault add`; `local fault list` prints an array of these. */
export type LocalFaultResult = {
  readonly id: string;
  readonly name: string;
  readonly kind: 'status' | 'latency' | 'reset' | 'truncate' | 'drop';
  readonly status: number | null;
  /** In seconds. */
  readonly retry_after: number | null;
  /** Null for the error of the endpoint. */
  readonly body: string | null;
  readonly latency_ms: number | null;
  /** The path of an endpoint; with `*` at its end, of all that begin like it. */
  readonly route: string;
  /** Null for all but OPTIONS. */
  readonly method: string | null;
  /** The application whose requests it is for; null for all. */
  readonly client_id: string | null;
  /** From 0 to 1. */
  readonly rate: number | null;
  readonly seed: number;
  readonly count: number | null;
  readonly after: number | null;
  /** How many requests it was for, and how many of them it hit; null without `rate`, `count` and `after`. */
  readonly seen: number | null;
  readonly hit: number | null;
  readonly created_at: string;
};

/** `local fault remove`. */
export type LocalFaultRemoveResult = { readonly id: string; readonly name: string; readonly removed: true };

/** `local fault clear`: how many there were. */
export type LocalFaultClearResult = { readonly removed: number };

/** `local limit`: the limits afterwards. */
export type LocalLimitResult = {
  readonly limits: readonly {
    /** As that of a fault. */
    readonly route: string;
    readonly requests: number;
    readonly period_seconds: number;
  }[];
};
