// What commands print with `--json`. Members only ever come; none goes or changes its type within a major version.
// docs/json.md shows each of them, as a test has printed it.

import type { NamedApiResult, NamedAppResult } from './tenant-results.ts';

/** Seconds. */
type Seconds = number;
/** A JSON object whose members are not this tool's to say. */
type AnyObject = Readonly<Record<string, unknown>>;

/** Both tokens of a guest, as on the wire, with what was decoded beside them: `token update`. */
export type GuestTokensResult = {
  /** Absent where the edition gives none on an update. */
  readonly session_token?: string;
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: Seconds;
  /** Of the session, where the edition tells. */
  readonly session_expires_in?: Seconds;
  /** Space-separated. */
  readonly scope?: string;
  readonly decoded: {
    readonly session_token?: DecodedTokenResult;
    readonly access_token: DecodedTokenResult;
  };
};

/** `token create`. */
export type TokenCreateResult = GuestTokensResult & {
  readonly app: NamedAppResult;
  readonly api: NamedApiResult;
};

/** `token decode` of a token that was given. */
export type DecodedTokenResult = {
  readonly form: 'jws' | 'jwe';
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
  };
  /** Of a JWE. */
  readonly seal?: { readonly state: 'opened' | 'sealed'; readonly key?: string; readonly reason?: string };
  /** The token inside a sealed one. */
  readonly inner?: DecodedTokenResult;
  /** By claim: `exp`, `iat`. */
  readonly times: Readonly<Record<string, { readonly at: string; readonly seconds_from_now: Seconds }>>;
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
    /** Absent where nobody looked. */
    readonly ok?: boolean;
    readonly skipped?: true;
    readonly detail: string;
  }[];
  /** Only of a token whose signature is good. */
  readonly claims?: AnyObject;
};
