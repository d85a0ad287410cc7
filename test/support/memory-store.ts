import { cachedStore } from '../../src/local/store/cached-store.ts';
import { memoryDatabase } from '../../src/local/store/memory.ts';
import type { Store } from '../../src/local/store/store.ts';

/** A store in memory. */
export function memoryStore(): Store {
  return cachedStore(memoryDatabase());
}
