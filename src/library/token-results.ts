// What commands print with `--json`. Within a major version members are added, never removed or changed in type.
// docs/json.md shows each of them, printed by a test.

import type { SessionResult } from './session-results.ts';
import type { NamedApiResult, NamedAppResult } from './tenant-results.ts';

/** Seconds. */
type Seconds = number;
/** A JSON object with any members. */
type AnyObject = Readonly<Record<string, unknown>>;

/** Both tokens of a guest, as on the wire. */
type TokenAnswer = {
  /** Absent where the edition gives none on an update. */
  readonly session_token?: string;
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: Seconds;
  /** Of the session, where the edition reports it. */
  readonly session_expires_in?: Seconds;
  /** Space-separated. */
  readonly scope?: string;
};

/** `token update`: the same, with the decoded tokens. */
export type GuestTokensResult = TokenAnswer & {
  readonly decoded: {
    readonly session_token?: DecodedTokenResult;
    readonly access_token: DecodedTokenResult;
  };
  /** The name that the session is saved under. */
  readonly session_name?: string;
  /** The size of the session's metadata as JSON, where it is known and not empty. */
  readonly metadata_bytes?: number;
  readonly metadata_max_bytes?: number;
};

/** `token create`. */
export type TokenCreateResult = GuestTokensResult & {
  readonly app: NamedAppResult;
  readonly api: NamedApiResult;
};

/** `token create --count`: one line per guest. */
export type GuestLine = Omit<TokenAnswer, 'access_token'> & {
  /** Absent where the service gave none; `error` has the reason. */
  readonly access_token?: string;
  /** Why the access token can't be used. */
  readonly error?: string;
  /** Its number, from 1. */
  readonly n: number;
  /** The guest id; absent where no token shows it. */
  readonly guest?: string;
};

/** `token decode` of a given token. */
export type DecodedTokenResult = {
  /** `opaque`: not a JWT or JWE. Only its issuer can read it. */
  readonly form: 'jws' | 'jwe' | 'opaque';
  /** Empty for an opaque token. */
  readonly header: AnyObject;
  /** The contents, if they are a JSON object that can be read. Trust them only of a `verified` or `opened` token. */
  readonly claims?: AnyObject;
  /** The contents, if they are text and not a JSON object. */
  readonly text?: string;
  /** Of a JWS. */
  readonly signature?: {
    readonly state: 'verified' | 'not_checked' | 'wrong';
    readonly key?: string;
    readonly reason?: string;
    /** Of a verified signature: a weakness of the key. */
    readonly warning?: string;
  };
  /** Of a JWE. */
  readonly seal?: {
    readonly state: 'opened' | 'opened_unauthenticated' | 'sealed';
    readonly key?: string;
    readonly reason?: string;
  };
  /** The token inside an encrypted one. */
  readonly inner?: DecodedTokenResult;
  /** By claim: `exp`, `iat`. A value that makes no sense as a time, such as milliseconds, is in `notes` instead. */
  readonly times: Readonly<Record<string, { readonly at: string; readonly seconds_from_now: Seconds }>>;
  /** Remarks, if there are any. */
  readonly notes?: readonly string[];
  /** What was removed from the given text, other than white space. */
  readonly repaired?: readonly string[];
};

/** `token decode` of several given tokens is an array of them. */
export type NamedTokenResult = DecodedTokenResult & {
  /** The member where it was found: `access_token`. */
  readonly name?: string;
};

/** `token decode` without a token. */
export type RememberedTokensResult = {
  readonly session_token: DecodedTokenResult;
  readonly access_token: DecodedTokenResult;
};

/** `token verify`. */
export type VerificationResult = {
  /** No check failed. */
  readonly valid: boolean;
  /** Every check, once. */
  readonly checks: readonly {
    readonly check: string;
    /** Absent where nothing was checked. */
    readonly ok?: boolean;
    readonly skipped?: true;
    /** The check could not be made; `valid` is false then. */
    readonly not_checked?: true;
    readonly detail: string;
  }[];
  /** Only when the signature is verified. */
  readonly claims?: AnyObject;
};

/** `token renew`. */
export type TokenRenewResult = GuestTokensResult;

/** `token get`. */
export type TokenGetResult = {
  readonly access_token: string;
  readonly token_type: string;
  /** Null: unknown. */
  readonly expires_in: Seconds | null;
  /** The saved access token, a new one for the same guest, or one of a new guest. */
  readonly origin: 'kept' | 'renewed' | 'created';
  readonly guest_id: string | null;
  /** The name that the session is saved under. */
  readonly session_name: string;
};

/** `token diff`. */
export type TokenDiffResult = {
  readonly same: boolean;
  /** `before` or `after` is absent where the token has no such member. A token that only one text has is one `<name>.form`. */
  readonly changes: readonly { readonly path: string; readonly before?: unknown; readonly after?: unknown }[];
  /** The parts that could be compared. */
  readonly compared: readonly string[];
};

/** `token transfer`. */
export type TokenTransferResult = {
  /** The ticket, valid once. */
  readonly anon_transfer_token: string;
  readonly expires_in: Seconds;
  /** ISO 8601. */
  readonly expires_at: string;
  readonly client_id: string;
  /** With `--redirect-uri`, as are `state` and `nonce`. */
  readonly authorize_url?: string;
  readonly state?: string;
  readonly nonce?: string;
  /** With `--pkce`. */
  readonly code_verifier?: string;
};

/** `token watch`: one line per event. */
export type TokenWatchEvent = {
  readonly event: 'started' | 'renewed' | 'renewal_failed' | 'ended';
  /** ISO 8601, like the other times. */
  readonly at: string;
  readonly guest_id?: string;
  readonly access_token_expires_at?: string;
  readonly session_expires_at?: string;
  /** So far. */
  readonly renewals: number;
  /** Why the last renewal failed. */
  readonly problem?: string;
};

/** `token logout`. */
export type TokenLogoutResult = {
  /** False: the edition has no logout, and nothing was sent. */
  readonly tenant_told: boolean;
  /** On this machine. */
  readonly forgotten: boolean;
  readonly session: SessionResult;
};
