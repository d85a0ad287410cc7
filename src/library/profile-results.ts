// What commands print with `--json`. Members only ever come; none goes or changes its type within a major version.
// docs/json.md shows each of them, as a test has printed it.

import type { ErrorCode } from '../errors.ts';
import type { SessionResult } from './session-results.ts';
import type { NamedApiResult, NamedAppResult } from './tenant-results.ts';

/** Seconds. */
type Seconds = number;

/** `profile set`, `profile use`; `profile list` is an array of them. */
export type ProfileResult = {
  readonly name: string;
  /** The one that is saved as current. */
  readonly current: boolean;
  /** Commands use it now: the current one, unless AUTH0_DOMAIN or ANON_PROFILE names another. */
  readonly in_use: boolean;
  /** Null: the embedded tenant. */
  readonly domain: string | null;
  /** Null: nobody has asked the tenant yet, or the state of the embedded one cannot be read. */
  readonly edition: 'preview' | 'ea' | null;
  readonly production: boolean;
  readonly credentials: 'client_secret' | 'private_key' | 'access_token' | null;
  readonly management_client_id: string | null;
  /** Of a private key. */
  readonly signing_alg?: string;
  readonly secrets: 'keyring' | 'file' | null;
  /** What commands use when nothing else is said. */
  readonly app: NamedAppResult | null;
  readonly api: NamedApiResult | null;
};

/** `profile show`. */
export type ProfileViewResult = ProfileResult & {
  readonly credentials_from_environment: boolean;
  /** Of the Management API token that is kept. */
  readonly access_token_expires_in: Seconds | null;
};

/** `status`. */
export type StatusResult = {
  readonly profile: string;
  /** Why it is that one. */
  readonly profile_source: 'option' | 'ANON_PROFILE' | 'AUTH0_DOMAIN' | 'current';
  /** Null: the embedded tenant. */
  readonly domain: string | null;
  /** Null: nobody has asked the tenant yet. */
  readonly edition: 'preview' | 'ea' | null;
  readonly production: boolean;
  /** What the profile signs in with; null also where that is from the environment. */
  readonly credentials: 'client_secret' | 'private_key' | 'access_token' | null;
  readonly credentials_from_environment: boolean;
  /** Null: none is chosen. What ANON_APP names is not looked up. */
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
  /** The current one. */
  readonly session: SessionResult | null;
};

/** `version`, `--version`. */
export type VersionResult = { readonly version: string };

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
  /** Only where the issuer of the local tenant is another now. */
  readonly issuer_before?: string;
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
    readonly code: ErrorCode;
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
    /** Of `not_applied`: what the tenant shows otherwise than it was asked for, in the names of the wire. */
    readonly members?: readonly string[];
    readonly exit_code: number;
  };
  readonly warnings?: readonly string[];
  /** The lines of `--debug`. */
  readonly debug?: readonly string[];
};

/** On stderr with `--json`, when a command is done and there is more to say: one of the two members at least. */
export type AsidesResult = {
  readonly warnings?: readonly string[];
  readonly debug?: readonly string[];
};
