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
