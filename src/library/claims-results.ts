// What commands print with `--json`. Within a major version members are added, never removed or changed in type.
// docs/json.md shows each of them, printed by a test.

import type { WriteResult } from './tenant-results.ts';

/** `claims list`. */
export type ClaimsResult = {
  /** Where the edition maps claims per application. */
  readonly client_id?: string;
  /** Where it maps claims per API. */
  readonly audience?: string;
  readonly name: string;
  /** How many claims can be mapped. */
  readonly max_claims: number;
  readonly claims: readonly { readonly name: string; readonly expression: string }[];
  /** The next access token of the current session. */
  readonly preview: {
    /** Null: no preview; `reason` has the cause. */
    readonly claims: Readonly<Record<string, unknown>> | null;
    /** The names of the mapped claims. */
    readonly mapped: readonly string[];
    readonly left_out: readonly { readonly name: string; readonly unknown: boolean; readonly reason: string }[];
    /** The session token is encrypted, so its metadata is as last known. */
    readonly metadata_as_last_known: boolean;
    readonly reason: string | null;
  };
};

/** `claims set`, `claims remove`. */
export type ClaimsWriteResult = ClaimsResult & WriteResult;
