import type { JsonObject } from '../../wire/schema.ts';
import type { Kind, Range, Where } from './store.ts';

/** Refers to a document. */
export interface DocumentKey {
  readonly kind: Kind;
  readonly id: string;
}

/** A document as it is saved. */
export interface SavedDocument {
  readonly id: string;
  /** The revision of the state in which the document was written. */
  readonly revision: number;
  readonly document: JsonObject;
}

/** What was written since a revision. */
export interface Changes {
  /** The revision of the state now: 0 for a new one, and 1 more after every commit. */
  readonly revision: number;
  /** The documents that were written or removed since; undefined where it may be any. */
  readonly changed: readonly DocumentKey[] | undefined;
}

/** What must be true for a commit to be saved. */
export type Condition =
  /** The document has this revision; 0: it does not exist. */
  | (DocumentKey & { readonly revision: number })
  /** No document of the kind has this value. */
  | { readonly kind: Kind; readonly nowhere: Where }
  /** No document of the kind was written or removed after this revision. */
  | { readonly kind: Kind; readonly unchangedSince: number };

export interface Commit {
  readonly conditions: readonly Condition[];
  /** Whether all documents are removed first. */
  readonly clears: boolean;
  /** In order. A write without a document removes it. */
  readonly writes: readonly (DocumentKey & { readonly document: JsonObject | undefined })[];
}

/**
 * A database of documents, without a cache. Every function sees the newest state and is atomic.
 *
 * A new document is last in its kind's order, and keeps its place when it is written again.
 */
export interface DocumentDatabase {
  /**
   * @param revision the revision that the caller knows
   * @param mayLag whether the answer may be up to 50 ms old
   */
  changesSince(revision: number, mayLag: boolean): Promise<Changes>;
  get(kind: Kind, id: string): Promise<SavedDocument | undefined>;
  list(kind: Kind, where: Where | undefined, range: Range | undefined): Promise<readonly SavedDocument[]>;
  count(kind: Kind, where: Where | undefined): Promise<number>;
  /** Saves a commit and returns its revision; undefined, and nothing is saved, where a condition is not met. */
  commit(commit: Commit): Promise<number | undefined>;
  /** As {@link import('./store.ts').Store.takeOnce}. Deletes what has ended. Does not change the revision. */
  takeOnce(id: string, time: { readonly nowSeconds: number; readonly endSeconds: number }): Promise<boolean>;
  close(): Promise<void>;
}

/** The database cannot be reached at the moment. A write that was sent may have been saved or not. */
export class DatabaseUnavailableError extends Error {
  /** When to try again. */
  readonly retryAfterSeconds: number;

  constructor(message: string, options: { readonly retryAfterSeconds: number; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'DatabaseUnavailableError';
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

// Errors are recognised by name, because code that is loaded lazily has its own copies of their classes.

export function isUnavailable(error: unknown): error is DatabaseUnavailableError {
  return error instanceof Error && error.name === 'DatabaseUnavailableError';
}

/** Whether PostgreSQL refuses what was asked: a `DatabaseRefusedError`. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && error.name === 'DatabaseRefusedError';
}
