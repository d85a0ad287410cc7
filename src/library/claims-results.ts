// What commands print with `--json`. Members only ever come; none goes or changes its type within a major version.
// docs/json.md shows each of them, as a test has printed it.

import type { WriteResult } from './tenant-results.ts';

/** `claims list`. */
export type ClaimsResult = {
  /** Where the edition maps claims for an application. */
  readonly client_id?: string;
  /** Where it maps them for an API. */
  readonly audience?: string;
  readonly name: string;
  /** How many may be mapped. */
  readonly max_claims: number;
  readonly claims: readonly { readonly name: string; readonly expression: string }[];
  /** The next access token of the current session. */
  readonly preview: {
    /** Null: there is no preview; `reason` says why. */
    readonly claims: Readonly<Record<string, unknown>> | null;
    /** Names of those that come of a mapping. */
    readonly mapped: readonly string[];
    readonly left_out: readonly { readonly name: string; readonly unknown: boolean; readonly reason: string }[];
    /** The session token is sealed. */
    readonly metadata_as_last_known: boolean;
    readonly reason: string | null;
  };
};

/** `claims set`, `claims remove`. */
export type ClaimsWriteResult = ClaimsResult & WriteResult;
