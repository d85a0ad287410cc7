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
  readonly guest_token_lifetime: Seconds;
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
  readonly app: NamedApp;
  readonly api: NamedApi;
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

/** `profile set`, `profile use`; `profile list` is an array of them. */
export type ProfileResult = {
  readonly name: string;
  readonly current: boolean;
  /** Null: the embedded tenant. */
  readonly domain: string | null;
  /** Null: nobody has asked the tenant yet. */
  readonly edition: 'preview' | 'ea' | null;
  readonly production: boolean;
  readonly credentials: 'client_secret' | 'private_key' | 'access_token' | null;
  readonly management_client_id: string | null;
  /** Of a private key. */
  readonly signing_alg?: string;
  readonly secrets: 'keyring' | 'file' | null;
  /** What commands use when nothing else is said. */
  readonly app: NamedApp | null;
  readonly api: NamedApi | null;
};

/** `profile show`. */
export type ProfileViewResult = ProfileResult & {
  readonly credentials_from_environment: boolean;
  /** Of the Management API token that is kept. */
  readonly access_token_expires_in: Seconds | null;
};

/** `profile remove`. */
export type ProfileRemoveResult = { readonly removed: string };

/** `login`. */
export type LoginResult = ProfileResult & {
  /** Tokens were asked for, to see that the credentials are good. */
  readonly checked: boolean;
  /** Null: it cannot be told. */
  readonly scopes: readonly string[] | null;
  readonly missing_scopes: readonly { readonly scope: string; readonly commands: readonly string[] }[] | null;
};

/** `setup`; with a session unless `--no-session` or `--dry-run`. */
export type SetupResult = WriteResult & {
  readonly tenant: TenantResult;
  readonly app: AppResult;
  readonly api: ApiResult;
} & Partial<GuestTokensResult>;

/** `quickstart`. */
export type QuickstartResult = GuestTokensResult & {
  readonly steps: readonly {
    readonly step: string;
    readonly outcome: string;
    readonly changed: boolean;
    readonly commands: readonly string[];
  }[];
};

/** `doctor`; with `--fix` what was written too. */
export type DoctorResult = {
  /** A guest can get a token. */
  readonly ok: boolean;
  readonly verdict: string;
  readonly tenant: { readonly profile: string; readonly issuer: string; readonly edition: 'preview' | 'ea' | null };
  readonly app: NamedApp | null;
  readonly api: NamedApi | null;
  /** Those a guest gets there. */
  readonly scopes: readonly string[];
  readonly checks: readonly {
    readonly check: string;
    readonly state: string;
    readonly finding: string;
    /** The command that mends it. */
    readonly fix: string | null;
    readonly advice: string | null;
  }[];
} & Partial<WriteResult>;

/** `doctor --matrix` is an array of them. */
export type MatrixCellResult = {
  readonly app: NamedApp & { readonly enabled: boolean };
  readonly api: NamedApi & { readonly enabled: boolean };
  readonly scopes: readonly string[];
  /** A guest of the application gets a token for the API. */
  readonly open: boolean;
};

/** `local show`. */
export type LocalResult = {
  readonly issuer: string;
  readonly edition: 'preview' | 'ea';
  /** The file it is kept in. */
  readonly state: string;
  readonly management_client_id: string;
  /** With `--reveal-secrets`. */
  readonly management_client_secret?: string;
};

/** `local start`, once it listens. */
export type LocalStartResult = {
  readonly url: string;
  readonly port: number;
  readonly issuer: string;
  readonly edition: 'preview' | 'ea';
};

/** `local reset`. */
export type LocalResetResult = { readonly reset: true; readonly state: string; readonly edition: 'preview' | 'ea' };

/** `completion`. */
export type CompletionResult = { readonly shell: string; readonly script: string };

/** On stderr with `--json`, when a command fails. */
export type ErrorResult = {
  readonly error: {
    /** A closed set. */
    readonly code: string;
    readonly message: string;
    /** What to do next, often a command. */
    readonly hint?: string;
    /** What the tenant answered, where it was the tenant that refused. */
    readonly status?: number;
    readonly service_error?: string;
    readonly service_description?: string;
    /** Of a closed gate: which one, and the command that opens it. */
    readonly gate?: 'tenant' | 'application' | 'api' | 'scopes';
    readonly command?: string;
    readonly exit_code: number;
  };
  readonly warnings?: readonly string[];
};

type NamedApp = { readonly client_id: string; readonly name: string };
type NamedApi = { readonly audience: string; readonly name: string };
