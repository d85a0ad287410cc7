import { allowsOrigin, originKeys } from '../../wire/allowed-origin.ts';
import type { StoreReader } from '../store/store.ts';

/**
 * Whether pages at an origin may call the tenant as an application. Without a client id, or with an unknown one: whether
 * they may as any application.
 */
export async function mayCall(store: StoreReader, origin: string, clientId: string | undefined): Promise<boolean> {
  const client = clientId === undefined ? undefined : await store.get('client', clientId);
  if (client) return allowsOrigin(client, origin);
  for (const value of originKeys(origin)) {
    const where = { lookup: 'origin', value };
    const first = await store.find('client', where);
    if (!first) continue;
    // Several applications may have other wildcards with this key.
    if (allowsOrigin(first, origin)) return true;
    if ((await store.list('client', where)).some((other) => allowsOrigin(other, origin))) return true;
  }
  return false;
}
