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
