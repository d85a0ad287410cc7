import type { EditionName } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { StoreReader } from '../store/store.ts';
import { editionOf } from './edition.ts';

/** What guests get tokens for: all applications and APIs of a tenant, its own among them, as its state saves them. */
export interface GuestObjects {
  readonly edition: EditionName;
  readonly clients: readonly JsonObject[];
  readonly resourceServers: readonly JsonObject[];
}

export async function guestObjects(state: StoreReader): Promise<GuestObjects> {
  return {
    edition: (await editionOf(state)).name,
    clients: await state.list('client'),
    resourceServers: await state.list('resource_server'),
  };
}
