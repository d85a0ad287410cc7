import type { ConfigPolicyResult } from './config-results.ts';

/** An object at the tenant that a configuration file sets. */
export type ConfigObjectResult =
  | { readonly kind: 'tenant' }
  | { readonly kind: 'application'; readonly name: string; readonly client_id: string }
  | { readonly kind: 'api'; readonly name: string; readonly audience: string }
  /** The scopes that the guests of one application get at one API. */
  | {
      readonly kind: 'grant';
      readonly app: string;
      readonly client_id: string;
      readonly api: string;
      readonly audience: string;
    };

/** One setting that differs. */
export type ConfigChangeResult = {
  readonly object: ConfigObjectResult;
  /** Its name in the configuration file: `token-lifetime`. */
  readonly setting: string;
  readonly action: 'add' | 'change' | 'remove';
  /** Lifetimes in seconds; null where it is not set, or the object does not exist. */
  readonly before: unknown;
  readonly after: unknown;
};

/** `config plan`, and `config apply` and `config undo` with `--dry-run`. */
export type ConfigPlanResult = {
  readonly version: 1;
  readonly issuer: string;
  readonly edition: 'preview' | 'ea';
  /** In the order in which they are sent. Empty: no changes. */
  readonly changes: readonly ConfigChangeResult[];
  /** The requests that make them, if nothing changes at the tenant before. */
  readonly writes: readonly {
    readonly method: string;
    readonly path: string;
    readonly body: Readonly<Record<string, unknown>> | null;
  }[];
  /** How many requests the command has sent. */
  readonly requests: number;
  /** What the tenant will be against. */
  readonly policies: readonly ConfigPolicyResult[];
  /** The file that `--out` created. */
  readonly file?: string;
};

/** `config apply`. */
export type ConfigApplyResult = ConfigPlanResult & {
  /** The number that `config undo` takes; null where nothing was changed. */
  readonly undo: number | null;
};

/** `config undo`. */
export type ConfigUndoResult = ConfigApplyResult & {
  /** The number of what was taken back. */
  readonly undone: number;
};

/** `config undo --list` is an array of them. */
export type ConfigUndoEntryResult = {
  readonly id: number;
  /** ISO 8601, in UTC. */
  readonly at: string;
  readonly state: 'applied' | 'undone' | 'undo';
  /** The number of what it took back. */
  readonly undoes: number | null;
  readonly changes: readonly ConfigChangeResult[];
};

/** `config drift`. */
export type ConfigDriftResult = {
  readonly version: 1;
  readonly issuer: string;
  /** ISO 8601, in UTC. */
  readonly applied_at: string;
  /** `before` as the last apply left it, `after` as it is now. */
  readonly changes: readonly ConfigChangeResult[];
  readonly requests: number;
};

/** `config export` */
export type ConfigExportResult = {
  readonly issuer: string;
  /** Null: stdout. */
  readonly file: string | null;
  readonly text: string;
  /** With `--update`: from what the file had to what the tenant has. */
  readonly changes?: readonly ConfigChangeResult[];
  /** With `--update`: what the file still has differently, where, and why: `it is an alias`. */
  readonly left?: readonly (ConfigChangeResult & {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly reason: string;
  })[];
};

/** A setting that differs between two tenants, or a file and a tenant. */
export type ConfigDifferenceResult = {
  /** `name`: of an application, or the audience of an API. */
  readonly object: { readonly kind: 'tenant' | 'application' | 'api' | 'claims'; readonly name: string };
  readonly setting: string;
  /** For scopes: the application whose guests get them. */
  readonly app?: string;
  readonly action: 'add' | 'change' | 'remove';
  /** In the first and in the second; null where it is not set. */
  readonly before: unknown;
  readonly after: unknown;
};

/** `config diff`. */
export type ConfigDiffResult = {
  readonly version: 1;
  /** As they were given. */
  readonly a: string;
  readonly b: string;
  readonly differences: readonly ConfigDifferenceResult[];
};
