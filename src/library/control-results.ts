/**
 * `local logs` is an array of them, and with `--follow` prints each on a line; GET /_anon/requests has them as `requests`. Unknown
 * is null.
 */
export type LocalRequestResult = {
  /** Counts the requests since `local start`, from 1. */
  readonly seq: number;
  /** The tenant's time when the request arrived. */
  readonly time: string;
  readonly duration_ms: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The endpoint, such as `/api/v2/clients/{id}`. */
  readonly route: string | null;
  readonly status: number;
  /** What happened to the guest's session; otherwise how the request ended. */
  readonly outcome: 'created' | 'updated' | 'renewed' | 'transferred' | 'answered' | 'refused' | 'failed';
  /** The error code of a refusal. */
  readonly error: string | null;
  /** The closed gate that refused it. */
  readonly gate: 'tenant' | 'application' | 'api' | 'scopes' | null;
  /** The command that opens the gate, or lets the page of `refused_origin` read responses. */
  readonly command: string | null;
  readonly client_id: string | null;
  /** The application's name. */
  readonly app: string | null;
  readonly audience: string | null;
  /** The requested scopes, separated by spaces. */
  readonly scope: string | null;
  /** The guest id. */
  readonly guest: string | null;
  /** The user who logged in: their e-mail address, or their id without one. */
  readonly user: string | null;
  /** The origin of a page that may not read the response. */
  readonly refused_origin: string | null;
  /** The names of the faults that hit it. */
  readonly fault: string | null;
  /** Because of a fault nothing was sent, whatever the status. */
  readonly unanswered: boolean;
  /** The first eight hexadecimal digits of the SHA-256 of each token. */
  readonly tokens: readonly {
    readonly kind: 'session_token' | 'access_token' | 'id_token' | 'refresh_token' | 'anon_transfer_token';
    readonly use: 'issued' | 'presented';
    readonly sha256: string;
  }[];
  /** What the user's Actions printed. */
  readonly actions: readonly {
    /** The Action's name. */
    readonly name: string;
    readonly level: 'debug' | 'log' | 'info' | 'warn' | 'error' | 'failed';
    readonly text: string;
  }[];
};

/** `local clock`, and what `/_anon/clock` answers. Times are ISO 8601, in UTC. */
export type LocalClockResult = {
  /** By the tenant's clock. */
  readonly now: string;
  readonly machine_now: string;
  /** How far the tenant's clock is ahead of the machine's; negative when it is behind. */
  readonly offset_seconds: number;
  /** It stands still. */
  readonly frozen: boolean;
};

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

/** `local key list` prints an array of these. Times are ISO 8601, in UTC, by the tenant's clock. */
export type LocalKeyResult = {
  /** Of a session key: a fingerprint, which no token shows. */
  readonly kid: string;
  readonly use: 'signing' | 'session';
  readonly state: 'current' | 'previous';
  /** Null: with the tenant. */
  readonly created_at: string | null;
  readonly rotated_at: string | null;
  /** When a previous signing key leaves the JWKS automatically; null: when it is revoked. */
  readonly ends_at: string | null;
};

/** `local key rotate`: the new key, and the one before. */
export type LocalKeyRotateResult = LocalKeyResult & { readonly previous: LocalKeyResult };

/** `local key revoke`. */
export type LocalKeyRevokeResult = {
  readonly kid: string;
  readonly use: 'signing' | 'session';
  readonly revoked: true;
};
