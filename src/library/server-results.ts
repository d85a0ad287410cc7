/** `local start`, once it listens. */
export type LocalStartResult = {
  /** `https:`, where plain HTTP works too; `http:` with `--http`. */
  readonly url: string;
  readonly port: number;
  readonly issuer: string;
  /** Only if the issuer of the local tenant has changed. */
  readonly issuer_before?: string;
  readonly edition: 'preview' | 'ea';
  readonly database: string | null;
  /** The file with the certificate that clients must trust; null with `--http` and with `--cert`. */
  readonly ca: string | null;
  readonly jwks_uri: string;
  /** Of the default application, or the only one; null where nothing tells which. */
  readonly client_id: string | null;
  /** Of the default API, or the only one; null where nothing tells which. */
  readonly audience: string | null;
  /** A request for a guest's tokens with these two. */
  readonly curl: string | null;
  /** With `--ephemeral`: the state is in memory. */
  readonly ephemeral: boolean;
  /** With `--seed`: the guests of the world, by name. */
  readonly guests?: Readonly<Record<string, SeededGuestResult>>;
  /** Below it are the control endpoints, on this machine only; null with `--no-control`, or where localhost does not lead here. */
  readonly control_url: string | null;
  /** Their bearer token; null with `--open-control`. */
  readonly control_token: string | null;
};

/** A guest of a world, as in `ANON_GUESTS`. */
export interface SeededGuestResult {
  readonly guest_id: string;
  readonly session_token: string;
  readonly access_token: string;
  readonly client_id: string;
  readonly audience: string;
}

/** A server of the local tenant on this machine. */
export type LocalServerResult = {
  readonly pid: number;
  readonly url: string;
  readonly port: number;
  readonly issuer: string;
  readonly edition: string;
  /** The file with its state; null for one in a database or in memory. */
  readonly state: string | null;
  readonly database: string | null;
  /** It runs in the background. */
  readonly detached: boolean;
  /** ISO 8601. */
  readonly started_at: string;
};

/** `local status`. */
export type LocalStatusResult = {
  readonly running: boolean;
  /** In the order in which they were started. */
  readonly servers: readonly LocalServerResult[];
};

/** `local stop`. */
export type LocalStopResult = {
  readonly stopped: readonly LocalServerResult[];
  /** Those that still run. */
  readonly left: readonly LocalServerResult[];
};
