import { userInfo } from 'node:os';
import type { PostgresAddress } from '../../domain/profile/database-address.ts';
import type { DocumentDatabase } from '../../local/store/database.ts';

/** A database with the local tenant's state. */
export interface PostgresState {
  readonly postgres: PostgresAddress;
  /** The address in messages, without the password. */
  readonly displayed: string;
}

/** A state that this process alone can use, and that ends with it. */
export interface MemoryState {
  readonly memory: DocumentDatabase;
}

/** A state in the memory of another process, which serves it to its user. */
export interface ServedState {
  /** The address of the endpoint, and the token that it needs. */
  readonly served: { readonly url: string; readonly token: string };
  /** The address in messages, without the token. */
  readonly displayed: string;
}

/** Where the local tenant's state is, for commands. */
export type SavedState = { readonly file: string } | PostgresState | ServedState;

/** Where the local tenant's state is. */
export type StateAddress = SavedState | MemoryState;

export async function newMemoryState(): Promise<MemoryState> {
  return { memory: (await import('../../local/store/memory.ts')).memoryDatabase() };
}

/** The name of the user of this process; undefined where the user database has none. */
export function systemUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
