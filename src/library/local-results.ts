import type { DocumentCounts } from './profile-results.ts';

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

/** `local action add` and `local action show`; `local action list` prints an array of these. */
export type LocalActionResult = {
  readonly id: string;
  readonly name: string;
  readonly trigger: 'post-login' | 'pre-user-registration';
  /** An absolute path. */
  readonly file: string;
  /** The names of its secrets. */
  readonly secrets: readonly string[];
  readonly created_at: string;
};

/** `local action remove`. */
export type LocalActionRemoveResult = { readonly id: string; readonly name: string; readonly removed: true };

/** `local action test`. */
export type LocalActionTestResult = {
  /** The Action's name, or that of the file. */
  readonly action: string;
  readonly trigger: 'post-login' | 'pre-user-registration';
  readonly file: string;
  /** Whether the login would go on. */
  readonly ok: boolean;
  /** Why the Action failed, with the place in its file. */
  readonly failure: string | null;
  readonly denied: { readonly code: string; readonly reason: string } | null;
  /** What it asked for through `api`, in its order. */
  readonly commands: readonly {
    readonly kind:
      | ('app_metadata' | 'user_metadata' | 'id_token_claim' | 'access_token_claim')
      | ('add_scope' | 'remove_scope' | 'deny' | 'validation_error');
    readonly name?: string;
    readonly value?: unknown;
    readonly scope?: string;
    readonly code?: string;
    readonly reason?: string;
    readonly message?: string;
  }[];
  readonly printed: readonly {
    readonly level: 'debug' | 'log' | 'info' | 'warn' | 'error';
    readonly text: string;
  }[];
  /** With the time that it took to load. */
  readonly duration_ms: number;
};

/** `local snapshot save`. */
export type LocalSnapshotSaveResult = {
  readonly name: string;
  readonly issuer: string;
  readonly edition: 'preview' | 'ea';
  readonly documents: DocumentCounts;
};

/** `local snapshot list` prints an array of these. */
export type LocalSnapshotResult = {
  readonly name: string;
  /** ISO 8601, in UTC, by this machine's clock. */
  readonly saved_at: string;
  readonly bytes: number;
};

/** `local snapshot restore`. */
export type LocalSnapshotRestoreResult = {
  readonly name: string;
  /** False: the tenant was as in the snapshot already. */
  readonly changed: boolean;
  readonly issuer: string;
  readonly edition: 'preview' | 'ea';
  /** Whether the tenant has lost the keys of before: then the saved sessions that were made with them were removed. */
  readonly new_keys: boolean;
  readonly documents: DocumentCounts;
};

/** `local snapshot remove`. */
export type LocalSnapshotRemoveResult = { readonly name: string; readonly removed: true };

/** `local diff`. */
export type LocalDiffResult = {
  readonly snapshot: string;
  readonly saved_at: string;
  /** Empty where nothing has changed. */
  readonly changes: readonly {
    readonly change: 'added' | 'changed' | 'removed';
    /** `application`, `API`, `user` and so on. */
    readonly kind: string;
    /** Null for what a tenant has once. */
    readonly name: string | null;
    readonly id: string;
    /** Of a changed object: what differs. Null stands for a member that is not set; a secret has no values. */
    readonly members: readonly (
      | { readonly member: string; readonly before: unknown; readonly after: unknown }
      | { readonly member: string; readonly secret: true }
    )[];
  }[];
};

/** `local seed` */
export interface LocalSeedResult {
  /** What was created or updated, in the order of the work; empty where the tenant had all of it. */
  readonly changes: readonly {
    readonly kind: 'tenant' | 'clock' | 'keys' | 'app' | 'api' | 'user' | 'action' | 'guest';
    /** As in the world; empty for the first three kinds. */
    readonly name: string;
    readonly change: 'created' | 'updated';
  }[];
  readonly edition: 'preview' | 'ea';
  readonly reset: boolean;
  readonly dry_run: boolean;
  /** Of new users for whom the world has none. */
  readonly new_passwords: readonly { readonly email: string; readonly password: string }[];
  /** The guests who got new tokens, by the name of their session. */
  readonly guests: readonly {
    readonly session: string;
    readonly guest_id: string;
    readonly client_id: string;
    readonly audience: string;
    /** With `--no-save`, like the next. */
    readonly session_token?: string;
    readonly access_token?: string;
  }[];
  /** The file of the state; null for a database. */
  readonly state: string | null;
  /** The address of the database, without its password; null for a file. */
  readonly database: string | null;
}
