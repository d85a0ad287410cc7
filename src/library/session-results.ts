// What commands print with `--json`. Members only ever come; none goes or changes its type within a major version.
// docs/json.md shows each of them, as a test has printed it.

import type { NamedApiResult, NamedAppResult } from './tenant-results.ts';

/** Seconds. */
type Seconds = number;
/** A JSON object whose members are not this tool's to say. */
type AnyObject = Readonly<Record<string, unknown>>;

/** A kept session, never its tokens; `session list` is an array of them. */
export type SessionResult = {
  readonly name: string;
  /** Commands go on with it. */
  readonly current: boolean;
  /** Null: not known, as below. */
  readonly guest_id: string | null;
  readonly app: NamedAppResult;
  readonly api: NamedApiResult;
  /** Space-separated. */
  readonly scope: string | null;
  /** As last known here. */
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
  /** With `--lineage`: this guest, and those it took the place of, the latest first. */
  readonly lineage?: readonly { readonly guest_id: string | null; readonly until: string | null }[];
};

/** `session export`: what `session import` reads. */
export type SessionExport = AnyObject;

/** `session import`. */
export type SessionImportResult = {
  /** Names. */
  readonly imported: readonly string[];
};

/** `session rename`. */
export type SessionRenameResult = {
  /** The new one. */
  readonly name: string;
};

/** `session use`. */
export type SessionUseResult = {
  /** Its name. */
  readonly current: string;
};

/** `session forget`. */
export type SessionForgetResult = {
  /** Names. */
  readonly forgotten: readonly string[];
};
