import { Documents } from '../../src/local/store/contents.ts';
import type { Store } from '../../src/local/store/store.ts';

/** State that lives as long as the process: for tests, and for tenants that nobody needs tomorrow. */
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
