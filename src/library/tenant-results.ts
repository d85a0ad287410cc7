// What commands print with `--json`. Within a major version members are added, never removed or changed in type.
// docs/json.md shows each of them, printed by a test.

/** Seconds. */
type Seconds = number;
/** A JSON object with any members. */
type AnyObject = Readonly<Record<string, unknown>>;

/** The result of every command that changes a tenant. */
export type WriteResult = {
  /** True with `--dry-run`: nothing was sent. */
  readonly dry_run: boolean;
  /** The changed members, by their names on the wire. Empty: no changes. */
  readonly changes: readonly ChangeResult[];
  /** The requests that were sent; in a dry run, those that would be. */
  readonly requests: readonly RequestResult[];
};

export type ChangeResult = {
  /** The object, for people: `application web`. */
  readonly subject: string;
  /** Dotted if it is nested: `sessions.anonymous.lifetime_in_minutes`. */
  readonly member: string;
  /** Null: not set. */
  readonly before: unknown;
  readonly after: unknown;
};

export type RequestResult = {
  readonly method: string;
  readonly path: string;
  readonly body: AnyObject | null;
};

/** `tenant show`. */
export type TenantResult = {
  readonly name: string;
  /** `https://DOMAIN/`, as in tokens. */
  readonly issuer: string;
  readonly edition: 'preview' | 'ea';
  /** 0: sessions never expire. */
  readonly session_lifetime: Seconds;
  readonly session_token_format: 'jwe' | 'jwt';
  /** Only in an edition with this setting. */
  readonly session_cookie?: boolean;
};

/** `tenant set-lifetime`, `tenant set-format`, `tenant set-cookie`. */
export type TenantWriteResult = TenantResult & WriteResult;

/** `app show`; `app list` is an array of them. */
export type AppResult = {
  readonly client_id: string;
  readonly name: string;
  /** Null: not reported by the tenant. */
  readonly type: string | null;
  /** Whether it has a secret or a key. */
  readonly confidential: boolean;
  /** Whether it may create guest sessions. */
  readonly enabled: boolean;
  /** The origins whose pages may call the guest endpoints. */
  readonly origins: readonly AllowedOriginResult[];
  readonly callbacks: readonly string[];
  readonly logout_urls: readonly string[];
  /** With `--reveal-secrets`, for a confidential application; null where the credentials can't read it. */
  readonly client_secret?: string | null;
};

/** `app origins list` is an array of them. */
export type AllowedOriginResult = {
  /** May have a wildcard: `https://*.example.com`. */
  readonly origin: string;
  /** The members that allow it, by their names on the wire. */
  readonly from: readonly string[];
};

/** `app callbacks list` and `app logout-urls list` are arrays of them. */
export type AppUrlResult = { readonly url: string };

/** `app create`, `app enable`, `app disable`; `app origins`, `app callbacks` and `app logout-urls` with `add` or `remove`. */
export type AppWriteResult = AppResult & WriteResult;

/** `api show`; `api list` is an array of them. */
export type ApiResult = {
  /** Null in a dry run: not created yet. */
  readonly id: string | null;
  readonly name: string;
  readonly audience: string;
  /** Whether it accepts guests. */
  readonly enabled: boolean;
  /** The scopes of guests of any application. */
  readonly guest_scopes: readonly string[];
  readonly guest_grants: readonly GuestGrantResult[];
  /** Null: the tenant's default, which edition ea does not publish. */
  readonly guest_token_lifetime: Seconds | null;
  readonly scopes: readonly { readonly value: string; readonly description: string | null }[];
};

export type GuestGrantResult = {
  /** Null in an edition without guest grants. */
  readonly id: string | null;
  /** Null: every application. */
  readonly client_id: string | null;
  readonly scopes: readonly string[];
  /** All scopes of the API, including future ones. */
  readonly all_scopes: boolean;
};

/** `api create`, `api enable`, `api disable`, `api scopes add`, `api scopes remove`. */
export type ApiWriteResult = ApiResult & WriteResult;

/** `app delete`. */
export type AppDeleteResult = NamedAppResult & {
  /** False in a dry run. */
  readonly deleted: boolean;
  /** What was deleted with it. */
  readonly guest_grants: readonly GuestGrantResult[];
} & WriteResult;

/** `api delete`. */
export type ApiDeleteResult = NamedApiResult & {
  readonly id: string;
  /** False in a dry run. */
  readonly deleted: boolean;
  /** What was deleted with it. */
  readonly guest_grants: readonly GuestGrantResult[];
} & WriteResult;

/** An application, in brief. */
export type NamedAppResult = { readonly client_id: string; readonly name: string };

/** An API, in brief. */
export type NamedApiResult = { readonly audience: string; readonly name: string };

/** `claims list`. */
export type ClaimsResult = {
  /** Where the edition maps claims per application. */
  readonly client_id?: string;
  /** Where it maps claims per API. */
  readonly audience?: string;
  readonly name: string;
  /** The maximum number of mapped claims. */
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

/** `local user show`; `local user list` is an array of them. Times are ISO 8601. */
export type UserResult = {
  /** `auth0|…`, the `sub` of the user's tokens. */
  readonly user_id: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly name: string;
  /** May not log in. */
  readonly blocked: boolean;
  readonly created_at: string | null;
  /** Null: no login yet. */
  readonly last_login: string | null;
  readonly logins_count: number;
  readonly user_metadata: AnyObject;
  readonly app_metadata: AnyObject;
};

/** `local user add`. */
export type UserAddResult = UserResult & {
  /** Only where none was given: the new one, which is not shown again. */
  readonly password?: string;
};

/** `local user remove`. */
export type UserRemoveResult = {
  readonly user_id: string;
  readonly email: string;
  readonly deleted: boolean;
};
