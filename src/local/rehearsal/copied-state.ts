import type { TenantExport } from '../../wire/tenant-export.ts';
import { importState } from '../state/carried-state.ts';
import { cachedStore } from '../store/cached-store.ts';
import { memoryDatabase } from '../store/memory.ts';
import type { Store, StoreWriter } from '../store/store.ts';
import { withoutKeys } from './client-access.ts';

/** An Action that the tenant need not have. */
export interface ActionToTry {
  readonly name: string;
  /** An absolute path. */
  readonly file: string;
}

/** The state of a tenant in memory, changed for the rehearsal of a login. */
export async function copiedState(
  file: TenantExport,
  { clientId, action }: { readonly clientId: string; readonly action: ActionToTry | undefined },
): Promise<Store> {
  const store = cachedStore(memoryDatabase());
  await importState(store, file);
  await store.write(async (writer) => {
    await withoutKeys(writer, clientId);
    if (action) await replaceActions(writer, action);
  });
  return store;
}

/** Secrets stay those of the registered Action with the same file: the rehearsal may be of a change to it. */
async function replaceActions(writer: StoreWriter, { name, file }: ActionToTry): Promise<void> {
  const registered = await writer.list('action', { lookup: 'trigger', value: 'post-login' });
  const same = registered.find((action) => action.file === file);
  for (const { id } of registered) writer.remove('action', String(id));
  const id = String(same?.id ?? 'rehearsed');
  writer.put('action', id, { secrets: {}, order: 1, ...same, id, name, trigger: 'post-login', file });
}
