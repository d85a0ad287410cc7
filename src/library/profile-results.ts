// What commands print with `--json`. Within a major version members are added, never removed or changed in type.
// docs/json.md shows each of them, printed by a test.

import type { ErrorCode } from '../errors.ts';
import type { ConfigProblemResult } from './config-results.ts';
import type { SessionResult } from './session-results.ts';
import type { NamedApiResult, NamedAppResult } from './tenant-results.ts';

/** Seconds. */
type Seconds = number;

/** `profile set`, `profile use`; `profile list` is an array of them. */
export type ProfileResult = {
  readonly name: string;
  /** The saved current profile. */
  readonly current: boolean;
  /** The profile that commands use now: the current one, unless AUTH0_DOMAIN or ANON_PROFILE names another. */
  readonly in_use: boolean;
  /** Null: the local tenant. */
  readonly domain: string | null;
  /** The address of the database with the local tenant's state, without its password; null: the state is in a file. */
  readonly database: string | null;
  /** Null: not detected yet, or not known from this machine, as for a local tenant in a database. */
  readonly edition: 'preview' | 'ea' | null;
  readonly production: boolean;
  readonly credentials: 'client_secret' | 'private_key' | 'access_token' | null;
  readonly management_client_id: string | null;
  /** The key id of a private key. */
  readonly signing_alg?: string;
  readonly secrets: 'keyring' | 'file' | null;
  /** What commands use by default. */
  readonly app: NamedAppResult | null;
  readonly api: NamedApiResult | null;
};

/** `profile show`. */
export type ProfileViewResult = ProfileResult & {
  readonly credentials_from_environment: boolean;
  /** Of the saved Management API token. */
  readonly access_token_expires_in: Seconds | null;
};

/** `status`. */
export type StatusResult = {
  readonly profile: string;
  /** What selected the profile. */
  readonly profile_source: 'option' | 'ANON_PROFILE' | 'AUTH0_DOMAIN' | 'current';
  /** Null: the local tenant. */
  readonly domain: string | null;
  /** The address of the database with the local tenant's state, without its password; null: the state is in a file. */
  readonly database: string | null;
  /** What names the place of the local tenant's state; null: nothing, so it is in the file. */
  readonly database_source: 'ANON_DATABASE_URL' | 'profile' | null;
  /** Null: not detected yet, or not known from this machine, as for a local tenant in a database. */
  readonly edition: 'preview' | 'ea' | null;
  readonly production: boolean;
  /** How the profile signs in; null also for credentials from the environment. */
  readonly credentials: 'client_secret' | 'private_key' | 'access_token' | null;
  readonly credentials_from_environment: boolean;
  /** Null: no default. The application in ANON_APP is not looked up. */
  readonly app: {
    readonly client_id: string | null;
    readonly name: string;
    readonly source: 'ANON_APP' | 'profile';
  } | null;
  readonly api: {
    readonly audience: string | null;
    readonly name: string;
    readonly source: 'ANON_API' | 'profile';
  } | null;
  /** The current session. */
  readonly session: SessionResult | null;
};

/** `version`, `--version`. */
export type VersionResult = { readonly version: string };

/** `profile remove`. */
export type ProfileRemoveResult = { readonly removed: string };

/** `login`. */
export type LoginResult = ProfileResult & {
  /** Whether the credentials were tested by requesting tokens. */
  readonly checked: boolean;
  /** Null: unknown. */
  readonly scopes: readonly string[] | null;
  readonly missing_scopes: readonly { readonly scope: string; readonly commands: readonly string[] }[] | null;
};

/** `local show`. */
export type LocalResult = {
  readonly issuer: string;
  readonly edition: 'preview' | 'ea';
  /** The file of the tenant's state; null: the state is in a database. */
  readonly state: string | null;
  /** The address of the database with the tenant's state, without its password; null: the state is in a file. */
  readonly database: string | null;
  readonly management_client_id: string;
  /** With `--reveal-secrets`. */
  readonly management_client_secret?: string;
};

/** `local ca`. */
export type LocalCaResult = {
  /** The file with the certificate of the local tenant's authority. */
  readonly path: string;
  /** SHA-256, in pairs of digits. */
  readonly fingerprint: string;
  readonly not_after: string;
  /** The host names and addresses in the certificate of servers; empty until one has started. */
  readonly names: readonly string[];
};

/** `local trust`. */
export type LocalTrustResult = {
  readonly ca: string;
  readonly fingerprint: string;
  readonly not_after: string;
  /** Your own list of trusted authorities, in words. */
  readonly store: string;
  /** What adds the authority to it. */
  readonly command: string;
  /** Whether it has the authority now; null if the program that manages the list is not installed. */
  readonly trusted: boolean | null;
  readonly changed: boolean;
};

/** `local env`. */
export type LocalEnvResult = {
  /** The host of `base_url`, as SDKs take it. */
  readonly domain: string;
  /** The issuer without its final slash; inside `local exec`, where the tenant is served. */
  readonly base_url: string;
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly client_id: string;
  /** With `--reveal-secrets`, for a confidential application. */
  readonly client_secret?: string;
  /** Of the API. */
  readonly audience: string;
  /** The file of the certificate authority that clients must trust; null inside a `local exec` over plain HTTP. */
  readonly ca: string | null;
  /** The control endpoints, while `local start` serves the tenant with them. */
  readonly control_url?: string;
  /** Their bearer token; absent where they need none. */
  readonly control_token?: string;
};

/** `local use-database`. */
export type LocalUseDatabaseResult = {
  readonly state: string | null;
  readonly database: string | null;
  /** There was no tenant, so a new one was created. */
  readonly created: boolean;
  readonly issuer: string;
  readonly edition: 'preview' | 'ea';
};

/** How many documents of each kind the state of a local tenant has. */
export type DocumentCounts = {
  readonly tenant: number;
  readonly key: number;
  readonly client: number;
  readonly resource_server: number;
  readonly client_grant: number;
  readonly client_credential: number;
  readonly user: number;
  readonly action: number;
  readonly refresh_token: number;
};

/** `local export`, to a file. */
export type LocalExportResult = {
  readonly file: string;
  readonly issuer: string;
  readonly edition: 'preview' | 'ea';
  readonly documents: DocumentCounts;
};

/** `local import`. */
export type LocalImportResult = {
  readonly state: string | null;
  readonly database: string | null;
  readonly issuer: string;
  readonly edition: 'preview' | 'ea';
  /** Whether the tenant has lost the keys of before: then the saved sessions that were made with them were removed. */
  readonly new_keys: boolean;
  readonly documents: DocumentCounts;
};

/** `local reset`. */
export type LocalResetResult = {
  readonly reset: true;
  readonly state: string | null;
  readonly database: string | null;
  readonly edition: 'preview' | 'ea';
};

/** `completion`. */
export type CompletionResult = { readonly shell: string; readonly script: string };

/** On stderr with `--json`, when a command fails. */
export type ErrorResult = {
  readonly error: {
    /** One of a closed set. */
    readonly code: ErrorCode;
    readonly message: string;
    /** What to do next, often a command. */
    readonly hint?: string;
    /** The tenant's answer, if the tenant refused. */
    readonly status?: number;
    readonly service_error?: string;
    readonly service_description?: string;
    /** For a closed gate: its name, and the command that opens it. */
    readonly gate?: 'tenant' | 'application' | 'api' | 'scopes';
    readonly command?: string;
    /** For `not_applied`: the members that differ from the request, by their names on the wire. */
    readonly members?: readonly string[];
    /** For files that cannot be used: everything that is wrong in them. */
    readonly problems?: readonly ConfigProblemResult[];
    readonly exit_code: number;
  };
  readonly warnings?: readonly string[];
  /** The lines of `--debug`. */
  readonly debug?: readonly string[];
};

/** On stderr with `--json`, when a command succeeded with warnings or debug lines: at least one of the two members. */
export type AsidesResult = {
  readonly warnings?: readonly string[];
  readonly debug?: readonly string[];
};
