import { Documents } from '../../src/local/store/contents.ts';
import type { Store } from '../../src/local/store/store.ts';

/** A store in memory. */
export function memoryStore(): Store {
  let documents = new Documents();
  return {
    get: (kind, id) => documents.get(kind, id),
    list: (kind) => documents.list(kind),
    refresh() {},
    write(work) {
      const draft = documents.copy();
      const result = work(draft);
      documents = draft;
      return result;
    },
    close() {},
  };
}
