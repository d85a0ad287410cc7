// What commands print with `--json`. Members only ever come; none goes or changes its type within a major version.
// docs/json.md shows each of them, as a test has printed it.

import type { ErrorCode } from '../errors.ts';
import type { NamedApiResult, NamedAppResult } from './tenant-results.ts';

/** Seconds. */
type Seconds = number;

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
  readonly app: NamedAppResult | null;
  readonly api: NamedApiResult | null;
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
};
