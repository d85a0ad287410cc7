import type { JsonObject } from '../../wire/schema.ts';

/**
 * What a tenant's state holds: its settings and keys, one document each, its objects, one document an object,
 * and of tokens that are good for one use those that were used and have not expired.
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
  /** In the order in which they were first put. The same array for as long as nobody has written one of the kind. */
  list(kind: Kind): readonly JsonObject[];
}

export interface StoreWriter extends StoreReader {
  put(kind: Kind, id: string, document: JsonObject): void;
  remove(kind: Kind, id: string): void;
  clear(): void;
}

/**
 * A tenant's state. Documents that come out are shared and must not be changed: read one, put another.
 * The same document is the same object for as long as nobody has written it, so that what is derived
 * from it can be kept beside it.
 */
export interface Store extends StoreReader {
  /**
   * Looks whether another process has written. Between two looks, and this process's own writes, everything
   * that is read is of one moment; the tenant looks once a request.
   */
  refresh(): void;
  /**
   * Runs `work` alone: no other writer, in this process or another, comes between what it reads and
   * what it puts. All of it is kept, or, when `work` throws, nothing.
   */
  write<Result>(work: (writer: StoreWriter) => Result): Result;
  close(): void;
}
