// What commands print with `--json`. Within a major version members are added, never removed or changed in type.
// docs/json.md shows each of them, printed by a test.

import type {
  ApiResult,
  AppResult,
  NamedApiResult,
  NamedAppResult,
  TenantResult,
  WriteResult,
} from './tenant-results.ts';
import type { GuestTokensResult } from './token-results.ts';

/** `setup`; with a session unless `--no-session` or `--dry-run` is given. */
export type SetupResult = WriteResult & {
  readonly tenant: TenantResult;
  readonly app: AppResult;
  readonly api: ApiResult;
} & Partial<
    GuestTokensResult & {
      /** Null: not saved. */
      readonly session_name: string | null;
      /** The saved session, the saved one with a new access token, or one of a new guest. */
      readonly origin: 'kept' | 'renewed' | 'created';
    }
  >;

/** `quickstart`. */
export type QuickstartResult = GuestTokensResult & {
  readonly steps: readonly {
    readonly step: string;
    readonly outcome: string;
    readonly changed: boolean;
    readonly commands: readonly string[];
  }[];
};

/** `doctor`; with `--fix` also the changes. */
export type DoctorResult = {
  /** A guest can get a token. */
  readonly ok: boolean;
  readonly verdict: string;
  readonly tenant: { readonly profile: string; readonly issuer: string; readonly edition: 'preview' | 'ea' | null };
  readonly app: NamedAppResult | null;
  readonly api: NamedApiResult | null;
  /** The scopes that a guest gets. */
  readonly scopes: readonly string[];
  /** How far this machine's clock is behind the tenant's, negative where it is ahead; null where unknown. */
  readonly clock_offset_seconds: number | null;
  readonly checks: readonly {
    readonly check: string;
    readonly state: string;
    readonly finding: string;
    /** The command that fixes it. */
    readonly fix: string | null;
    readonly advice: string | null;
  }[];
} & Partial<WriteResult>;

/** `doctor --matrix` is an array of them. */
export type MatrixCellResult = {
  readonly app: NamedAppResult & { readonly enabled: boolean };
  readonly api: NamedApiResult & { readonly enabled: boolean };
  readonly scopes: readonly string[];
  /** A guest of the application gets a token for the API. */
  readonly open: boolean;
};
