import type { JsonObject } from '../../wire/schema.ts';
import type { StoreReader } from '../store/store.ts';

/** A user to whom tokens may be issued. Undefined for one who was deleted or blocked. */
export async function findActiveUser(store: StoreReader, userId: string): Promise<JsonObject | undefined> {
  const user = await store.get('user', userId);
  return user?.blocked === true ? undefined : user;
}
