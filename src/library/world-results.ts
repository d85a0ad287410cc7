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
