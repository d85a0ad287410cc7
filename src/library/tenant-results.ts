// What commands print with `--json`. Members only ever come; none goes or changes its type within a major version.
// docs/json.md shows each of them, as a test has printed it.

/** Seconds. */
type Seconds = number;
/** A JSON object whose members are not this tool's to say. */
type AnyObject = Readonly<Record<string, unknown>>;

/** What every command tells that changes something at a tenant. */
export type WriteResult = {
  /** Nothing was sent: `--dry-run`. */
  readonly dry_run: boolean;
  /** Member by member, in the names of the wire. Empty where it was so already. */
  readonly changes: readonly ChangeResult[];
  /** What was sent, or would be. */
  readonly requests: readonly RequestResult[];
};

export type ChangeResult = {
  /** What it is a member of, for people: `application web`. */
  readonly subject: string;
  /** Dotted where it is nested: `sessions.anonymous.lifetime_in_minutes`. */
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
  /** `https://DOMAIN/`, as tokens have it. */
  readonly issuer: string;
  readonly edition: 'preview' | 'ea';
  /** 0: sessions never expire. */
  readonly session_lifetime: Seconds;
  readonly session_token_format: 'jwe' | 'jwt';
  /** Only where the edition has the switch. */
  readonly session_cookie?: boolean;
};

/** `tenant set-lifetime`, `tenant set-format`, `tenant set-cookie`. */
export type TenantWriteResult = TenantResult & WriteResult;

/** `app show`; `app list` is an array of them. */
export type AppResult = {
  readonly client_id: string;
  readonly name: string;
  /** Null: the tenant does not say. */
  readonly type: string | null;
  /** It has a secret or a key. */
  readonly confidential: boolean;
  /** It may create guest sessions. */
  readonly enabled: boolean;
  /** With `--reveal-secrets`, of a confidential one; null where the credentials may not read it. */
  readonly client_secret?: string | null;
};

/** `app create`, `app enable`, `app disable`. */
export type AppWriteResult = AppResult & WriteResult;

/** `api show`; `api list` is an array of them. */
export type ApiResult = {
  /** Null in a dry run: there is none yet. */
  readonly id: string | null;
  readonly name: string;
  readonly audience: string;
  /** It takes guests. */
  readonly enabled: boolean;
  /** Those that guests of any application get. */
  readonly guest_scopes: readonly string[];
  readonly guest_grants: readonly GuestGrantResult[];
  /** Null: the tenant's default, which edition ea does not publish. */
  readonly guest_token_lifetime: Seconds | null;
  readonly scopes: readonly { readonly value: string; readonly description: string | null }[];
};

export type GuestGrantResult = {
  /** Null where the edition has no grants of their own. */
  readonly id: string | null;
  /** Null: of every application. */
  readonly client_id: string | null;
  readonly scopes: readonly string[];
  /** All that the API has, also those to come. */
  readonly all_scopes: boolean;
};

/** `api create`, `api enable`, `api disable`, `api scopes add`, `api scopes remove`. */
export type ApiWriteResult = ApiResult & WriteResult;

/** `app delete`. */
export type AppDeleteResult = NamedAppResult & {
  /** False in a dry run. */
  readonly deleted: boolean;
  /** Those that went with it. */
  readonly guest_grants: readonly GuestGrantResult[];
} & WriteResult;

/** `api delete`. */
export type ApiDeleteResult = NamedApiResult & {
  readonly id: string;
  /** False in a dry run. */
  readonly deleted: boolean;
  /** Those that went with it. */
  readonly guest_grants: readonly GuestGrantResult[];
} & WriteResult;

/** An application in a few words. */
export type NamedAppResult = { readonly client_id: string; readonly name: string };

/** An API in a few words. */
export type NamedApiResult = { readonly audience: string; readonly name: string };
