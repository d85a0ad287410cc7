import type { Kind, Store } from './store.ts';

/** Returns whether there was one with this id. */
export async function removeDocument(store: Store, kind: Kind, id: string): Promise<boolean> {
  return store.write(async (writer) => {
    if (!(await writer.get(kind, id))) return false;
    writer.remove(kind, id);
    return true;
  });
}
