import { cachedStore } from '../../src/local/store/cached-store.ts';
import { memoryDatabase } from '../../src/local/store/memory.ts';
import type { Store } from '../../src/local/store/store.ts';

/** A store in memory. */
export function memoryStore(): Store {
  return cachedStore(memoryDatabase());
}

/** A store or database that calls `before` with the name and arguments of each call. What it throws is the call's error. */
export function watched<Watched extends object>(
  watched: Watched,
  before: (name: keyof Watched, ...args: unknown[]) => void,
): Watched {
  return new Proxy(watched, {
    get:
      (target, name) =>
      async (...args: unknown[]) => {
        before(name as keyof Watched, ...args);
        return (Reflect.get(target, name) as (...args: unknown[]) => unknown).apply(target, args);
      },
  });
}
