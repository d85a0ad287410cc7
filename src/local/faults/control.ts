import type { Random } from '../random.ts';
import { removeDocument } from '../store/remove-document.ts';
import type { Store } from '../store/store.ts';
import { addFault, clearFaults, type Fault, faultsOf, type NewFault } from './fault.ts';
import { type Limit, limitsOf, removeLimits, setLimit } from './limit.ts';
import { isKnownRoute } from './route.ts';

/** The faults and limits of a tenant. */
export interface FaultControl {
  /** In the order in which they are tried. */
  list(): Promise<readonly Fault[]>;
  /** Undefined where a fault has this name. */
  add(added: NewFault): Promise<Fault | undefined>;
  /** Returns whether there was one with this id. */
  remove(id: string): Promise<boolean>;
  /** Returns how many there were. */
  clear(): Promise<number>;
  limits(): Promise<readonly Limit[]>;
  /** Adds a limit, or replaces that of its route. */
  limit(limit: Limit): Promise<void>;
  /** Removes the limit of a route, or all. Returns how many there were. */
  unlimit(route?: string): Promise<number>;
  /** The applications of the tenant. */
  apps(): Promise<readonly { readonly name: string; readonly clientId: string }[]>;
  /** Whether a route is for any endpoint, and the paths of all, with `:name` for a part that varies. */
  endpointsAt(route: string): Promise<{ readonly known: boolean; readonly all: readonly string[] }>;
}

export function faultControl(
  store: Store,
  ports: { readonly random: Random; readonly clock: () => number; readonly paths: () => Promise<readonly string[]> },
): FaultControl {
  const { random, clock, paths } = ports;
  const fresh = async () => {
    await store.refresh();
    return store;
  };
  return {
    list: async () => faultsOf(await fresh()),
    add: (added) => addFault(store, { random, nowMs: clock() }, added),
    remove: (id) => removeDocument(store, 'fault', id),
    clear: () => clearFaults(store),
    limits: async () => limitsOf(await fresh()),
    limit: (limit) => setLimit(store, limit),
    unlimit: (route) => removeLimits(store, route),
    async apps() {
      const clients = (await (await fresh()).list('client')).filter((client) => client.global !== true);
      return clients.map(({ name, client_id }) => ({ name: String(name), clientId: String(client_id) }));
    },
    async endpointsAt(route) {
      const all = await paths();
      return { known: isKnownRoute(route, all), all };
    },
  };
}
