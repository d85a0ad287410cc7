import type { JsonObject } from '../../wire/schema.ts';

/**
 * The kinds of documents in a tenant's state: its settings and its keys, one document each; its objects, one document per
 * object; and the single-use tokens that were used and have not expired.
 */
export type Kind =
  | 'tenant'
  | 'key'
  | 'client'
  | 'resource_server'
  | 'client_grant'
  | 'client_credential'
  | 'used_token';

export interface StoreReader {
  get(kind: Kind, id: string): JsonObject | undefined;
  /** In the order in which they were first put. Returns the same array until a document of the kind is written. */
  list(kind: Kind): readonly JsonObject[];
}

export interface StoreWriter extends StoreReader {
  put(kind: Kind, id: string, document: JsonObject): void;
  remove(kind: Kind, id: string): void;
  clear(): void;
}

/**
 * A tenant's state. Returned documents are shared and must not be mutated: to change one, put another. A document stays
 * the same object until it is written, so that values derived from it can be cached.
 */
export interface Store extends StoreReader {
  /**
   * Reads what other processes wrote. Between two calls, and this process's own writes, all reads see the same snapshot;
   * the tenant calls it once per request.
   */
  refresh(): void;
  /**
   * Runs `work` as a transaction: no other writer, in this process or another, gets between its reads and its writes.
   * When `work` throws, nothing is saved.
   */
  write<Result>(work: (writer: StoreWriter) => Result): Result;
  close(): void;
}
