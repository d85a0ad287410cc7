// What commands print with `--json`. Members only ever come; none goes or changes its type within a major version.
// docs/json.md shows each of them, as a test has printed it.

import type { SessionResult } from './session-results.ts';
import type { NamedApiResult, NamedAppResult } from './tenant-results.ts';

/** Seconds. */
type Seconds = number;
/** A JSON object whose members are not this tool's to say. */
type AnyObject = Readonly<Record<string, unknown>>;

/** Both tokens of a guest, as on the wire. */
type TokenAnswer = {
  /** Absent where the edition gives none on an update. */
  readonly session_token?: string;
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: Seconds;
  /** Of the session, where the edition tells. */
  readonly session_expires_in?: Seconds;
  /** Space-separated. */
  readonly scope?: string;
};

/** The same with what was decoded beside them: `token update`. */
export type GuestTokensResult = TokenAnswer & {
  readonly decoded: {
    readonly session_token?: DecodedTokenResult;
    readonly access_token: DecodedTokenResult;
  };
  /** The name it is kept by on this machine. */
  readonly session_name?: string;
  /** Of the session's metadata as JSON, where there is some and it is known. */
  readonly metadata_bytes?: number;
  readonly metadata_max_bytes?: number;
};

/** `token create`. */
export type TokenCreateResult = GuestTokensResult & {
  readonly app: NamedAppResult;
  readonly api: NamedApiResult;
};

/** `token create --count`: one on a line for each guest. */
export type GuestLine = TokenAnswer & {
  /** Its number, from 1. */
  readonly n: number;
  /** The guest id; absent where the access token does not say. */
  readonly guest?: string;
};

/** `token decode` of a token that was given. */
export type DecodedTokenResult = {
  /** `opaque`: neither a JWT nor a JWE. Only who issued it can read it. */
  readonly form: 'jws' | 'jwe' | 'opaque';
  /** Empty of an opaque token. */
  readonly header: AnyObject;
  /** Where the contents are a JSON object that could be read. To be believed only of a `verified` or `opened` token. */
  readonly claims?: AnyObject;
  /** Where they are text and no JSON object. */
  readonly text?: string;
  /** Of a JWS. */
  readonly signature?: {
    readonly state: 'verified' | 'not_checked' | 'wrong';
    readonly key?: string;
    readonly reason?: string;
    /** Of a verified one: what is to be thought of the key. */
    readonly warning?: string;
  };
  /** Of a JWE. */
  readonly seal?: {
    readonly state: 'opened' | 'opened_unauthenticated' | 'sealed';
    readonly key?: string;
    readonly reason?: string;
  };
  /** The token inside a sealed one. */
  readonly inner?: DecodedTokenResult;
  /** By claim: `exp`, `iat`. One that cannot mean what it says, such as milliseconds, is in `notes` instead. */
  readonly times: Readonly<Record<string, { readonly at: string; readonly seconds_from_now: Seconds }>>;
  /** What a reader should know beside it; absent where there is nothing. */
  readonly notes?: readonly string[];
  /** What had to be taken out of the text that was given, other than white space. */
  readonly repaired?: readonly string[];
};

/** `token decode` of several that were given is an array of them. */
export type NamedTokenResult = DecodedTokenResult & {
  /** What it was found under: `access_token`. */
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
  /** Each thing that is looked at, once. */
  readonly checks: readonly {
    readonly check: string;
    /** Absent where nobody looked, or nobody could. */
    readonly ok?: boolean;
    readonly skipped?: true;
    /** It was due and could not be made, so that nobody can tell; `valid` is false then. */
    readonly not_checked?: true;
    readonly detail: string;
  }[];
  /** Only of a token whose signature is good. */
  readonly claims?: AnyObject;
};

/** `token renew`. */
export type TokenRenewResult = GuestTokensResult;

/** `token get`. */
export type TokenGetResult = {
  readonly access_token: string;
  readonly token_type: string;
  /** Null: not told. */
  readonly expires_in: Seconds | null;
  /** The one that was kept, a new one of the same session, or one of a new guest. */
  readonly origin: 'kept' | 'renewed' | 'created';
  readonly guest_id: string | null;
  /** The name it is kept by on this machine. */
  readonly session_name: string;
};

/** `token diff`. */
export type TokenDiffResult = {
  readonly same: boolean;
  /** A member that is absent was not there. */
  readonly changes: readonly { readonly path: string; readonly before?: unknown; readonly after?: unknown }[];
  /** The parts that could be looked at. */
  readonly compared: readonly string[];
};

/** `token transfer`. */
export type TokenTransferResult = {
  /** The ticket: good once. */
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

/** `token watch`: one on a line for each event. */
export type TokenWatchEvent = {
  readonly event: 'started' | 'renewed' | 'renewal_failed' | 'ended';
  /** ISO 8601, as the other times. */
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
