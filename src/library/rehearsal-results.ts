// What commands print with `--json`. Within a major version members are added, never removed or changed in type.
// docs/json.md shows each of them, printed by a test.

import type { LocalActionTestResult } from './local-results.ts';
import type { NamedApiResult, NamedAppResult } from './tenant-results.ts';

/** A JSON object with any members. */
type AnyObject = Readonly<Record<string, unknown>>;

/** `before` or `after` is absent where there is no such member. */
type DifferenceResult = { readonly path: string; readonly before?: unknown; readonly after?: unknown };

/** How a login ended without tokens. */
type RefusedLoginResult = {
  /** `sign_up` for a new user. */
  readonly at: 'authorization' | 'sign_up' | 'token';
  readonly error: string;
  readonly error_description: string;
};

/** The claims of a token of the login with the guest. */
type RehearsedTokenResult = {
  readonly claims: AnyObject;
  /** Compared with the login without a guest; null where that was refused. */
  readonly changes: readonly DifferenceResult[] | null;
};

/** `transfer rehearse`. */
export type TransferRehearseResult = {
  /** The guest came along. */
  readonly carried: boolean;
  /** A sentence. */
  readonly verdict: string;
  /** Why the guest did not come along, as far as checks show. */
  readonly reasons: readonly { readonly reason: string; readonly detail: string }[];
  readonly via: 'ticket' | 'query' | 'header' | 'cookie';
  readonly edition: string;
  readonly app: NamedAppResult;
  readonly api: NamedApiResult | null;
  /** The guest of the session token, if the tenant can read it. */
  readonly guest_id: string | null;
  readonly user: {
    readonly email: string;
    /** With `--new-user`. */
    readonly is_new: boolean;
    /** Null where the user did not exist. */
    readonly before: AnyObject | null;
    /** Null where the sign-up was refused. */
    readonly after: AnyObject | null;
    /** Without what every login changes. */
    readonly changes: readonly DifferenceResult[];
  };
  /** The Actions that ran with the guest. Nothing that a failed one asked for counts. */
  readonly actions: readonly Omit<LocalActionTestResult, 'file' | 'duration_ms'>[];
  /** Null where the login ended with tokens. */
  readonly refused: RefusedLoginResult | null;
  /** The same for the login without a guest, which is the comparison. */
  readonly refused_without_guest: RefusedLoginResult | null;
  /** Null where the login was refused. */
  readonly id_token: RehearsedTokenResult | null;
  /** Null also without an API. */
  readonly access_token: RehearsedTokenResult | null;
};
