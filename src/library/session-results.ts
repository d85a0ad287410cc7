// What commands print with `--json`. Within a major version members are added, never removed or changed in type.
// docs/json.md shows each of them, printed by a test.

import type { NamedApiResult, NamedAppResult } from './tenant-results.ts';

/** Seconds. */
type Seconds = number;
/** A JSON object with any members. */
type AnyObject = Readonly<Record<string, unknown>>;

/** A saved session without its tokens; `session list` is an array of them. */
export type SessionResult = {
  readonly name: string;
  /** The session that commands use by default. */
  readonly current: boolean;
  /** Null: unknown, as below. */
  readonly guest_id: string | null;
  readonly app: NamedAppResult;
  readonly api: NamedApiResult;
  /** Space-separated. */
  readonly scope: string | null;
  /** As last known on this machine. */
  readonly metadata: AnyObject | null;
  /** ISO 8601. */
  readonly created_at: string | null;
  readonly expired: boolean;
  readonly never_expires: boolean;
  readonly session_expires_in: Seconds | null;
  readonly access_token_expires_in: Seconds | null;
};

/** `session show`. */
export type SessionViewResult = SessionResult & {
  /** With `--lineage`: this guest and those it replaced, the latest first. */
  readonly lineage?: readonly { readonly guest_id: string | null; readonly until: string | null }[];
};

/** `session export`: what `session import` reads. */
export type SessionExport = AnyObject;

/** `session import`. */
export type SessionImportResult = {
  /** The names. */
  readonly imported: readonly string[];
};

/** `session rename`. */
export type SessionRenameResult = {
  /** The new name. */
  readonly name: string;
};

/** `session use`. */
export type SessionUseResult = {
  /** The name of the current session. */
  readonly current: string;
};

/** `session forget`. */
export type SessionForgetResult = {
  /** Names. */
  readonly forgotten: readonly string[];
};
