import type { JsonObject } from '../../wire/schema.ts';

/**
 * The kinds of documents in a tenant's state: its settings and its keys, one document each, its objects, one document per
 * object, its faults and limits, and what logins leave behind.
 */
export type Kind =
  | ('tenant' | 'key' | 'client' | 'resource_server' | 'client_grant' | 'client_credential')
  | ('user' | 'action')
  | 'fault'
  | ('login_session' | 'authorization_code' | 'pushed_request' | 'refresh_token');

/** Selects the documents of a kind that have a value, by one of the kind's lookups. */
export interface Where {
  readonly lookup: string;
  readonly value: string;
}

export interface StoreReader {
  get(kind: Kind, id: string): Promise<JsonObject | undefined>;
  /** The first document that has the value. */
  find(kind: Kind, where: Where): Promise<JsonObject | undefined>;
  /** All documents of a kind, or those that have the value, in the order in which they were first put. */
  list(kind: Kind, where?: Where): Promise<readonly JsonObject[]>;
}

export interface StoreWriter extends StoreReader {
  put(kind: Kind, id: string, document: JsonObject): void;
  remove(kind: Kind, id: string): void;
  /** Removes all documents. */
  clear(): void;
}

/** A part of a list: from an index, or from the document with an id. */
export type Range =
  | { readonly offset: number; readonly limit: number }
  | { readonly from: string; readonly limit: number };

/**
 * A tenant's state, which several processes may share. Returned documents are shared and must not be mutated: to change
 * one, put another. A document stays the same object until it is written, so that values derived from it can be cached.
 *
 * All functions but `close` throw the database's error where the state cannot be read or written.
 */
export interface Store extends StoreReader {
  /** Grows whenever a document may have changed, so that what is derived from several of them can be cached too. */
  readonly changes: number;
  /**
   * Takes notice of what other processes wrote before this call; the tenant calls it once per request. With `mayLag` a database on another
   * machine is not asked every time: reads may then be up to 50 ms behind.
   */
  refresh(options?: { readonly mayLag?: boolean }): Promise<void>;
  /** The documents in a range of {@link list}. Empty where `from` is not in that list. */
  page(kind: Kind, range: Range, where?: Where): Promise<readonly JsonObject[]>;
  /** The length of {@link list}. */
  count(kind: Kind, where?: Where): Promise<number>;
  /**
   * Runs `read` on a state that nobody writes in the meantime; otherwise again. So it must have no effects.
   */
  snapshot<Result>(read: (reader: StoreReader) => Promise<Result>): Promise<Result>;
  /**
   * Saves what `work` puts and removes, all of it or nothing, and only if nothing that `work` read was written in the
   * meantime; otherwise runs `work` again. So it must have no effects but those on its writer. When it throws, nothing is
   * saved.
   */
  write<Result>(work: (writer: StoreWriter) => Promise<Result> | Result): Promise<Result>;
  /**
   * Takes something that may be used once: true for exactly one caller in all processes. It is deleted some time after
   * its end, from when on the caller must refuse it as expired.
   */
  takeOnce(id: string, time: { readonly nowSeconds: number; readonly endSeconds: number }): Promise<boolean>;
  close(): Promise<void>;
}
