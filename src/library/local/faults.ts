import { mostSimilar } from '../../domain/did-you-mean.ts';
import { AnonError } from '../../errors.ts';
import type { MemoryServer } from '../../io/embedded/memory-server.ts';

/** What a fault does, as the options of `anon-cli local fault add`. */
export type FaultEffect =
  /** Answers with a status. Without `body`, the endpoint's error with this status. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly retryAfterSeconds?: number;
    }
  /** Delays the response, in time of this machine. */
  | { readonly kind: 'latency'; readonly latencyMs: number }
  /** Resets the connection, closes it in the middle of the response, or never answers. */
  | { readonly kind: 'reset' | 'truncate' | 'drop' };

/** Which requests a fault hits; what is missing selects all. */
export interface FaultAim {
  /** The path of an endpoint, with `:name` for a part that varies; with `*` at its end, all that begin like it. */
  readonly route?: string;
  /** Default: every method but OPTIONS. */
  readonly method?: string;
  /** The client id of an application. */
  readonly clientId?: string;
  /** The share of the requests, from 0 to 1, which `seed` (default: 1) selects. */
  readonly rate?: number;
  readonly seed?: number;
  /** How many requests it hits at most, and how many pass before. */
  readonly count?: number;
  readonly after?: number;
}

/** The faults of a tenant, but for its own functions, such as `createGuest`. */
export interface TenantFaults {
  /** Returns its name. @throws `usage` for a path that is not an endpoint's, or a name that is taken */
  add(fault: FaultEffect & FaultAim & { readonly name?: string }): Promise<string>;
  /** How many requests a fault hit; counted only with `rate`, `count` or `after`. */
  list(): Promise<readonly { readonly name: string; readonly hit: number }[]>;
  /** @throws `not_found` */
  remove(name: string): Promise<void>;
  clear(): Promise<void>;
  /** Lets `requests` through at once, and as many again in each period of this machine's time; 0 ends the limit of the route. */
  limit(limit: { readonly requests: number; readonly periodSeconds: number; readonly route?: string }): Promise<void>;
}

const anyRoute = '*';

export function tenantFaults({ tenant }: MemoryServer, running: () => void): TenantFaults {
  return {
    async add({ name, route = anyRoute, method, clientId, rate, seed = 1, count, after, ...effect }) {
      running();
      const aim = { route, method: method?.toUpperCase(), client_id: clientId, rate, seed, count, after };
      const added = await tenant.faults(async (faults) => {
        checkRoute(route, await faults.endpointsAt(route));
        return faults.add({ name, ...aim, ...savedEffect(effect) });
      });
      if (!added) throw new AnonError('usage', `Fault '${name}' already exists.`);
      return added.name;
    },
    async list() {
      const faults = await tenant.faults((control) => control.list());
      return faults.map(({ name, hit }) => ({ name, hit }));
    },
    async remove(name) {
      const isRemoved = await tenant.faults(async (faults) => {
        const found = (await faults.list()).find((fault) => fault.name === name);
        return found !== undefined && faults.remove(found.id);
      });
      if (!isRemoved) throw new AnonError('not_found', `Fault '${name}' not found.`);
    },
    async clear() {
      await tenant.faults((faults) => faults.clear());
    },
    async limit({ requests, periodSeconds, route = anyRoute }) {
      running();
      await tenant.faults(async (faults) => {
        checkRoute(route, await faults.endpointsAt(route));
        if (requests > 0) await faults.limit({ route, requests, period_seconds: periodSeconds });
        else await faults.unlimit(route);
      });
    },
  };
}

function savedEffect(effect: FaultEffect) {
  if (effect.kind === 'latency') return { kind: effect.kind, latency_ms: effect.latencyMs };
  if (effect.kind !== 'status') return { kind: effect.kind };
  const { kind, status, body, retryAfterSeconds } = effect;
  // A response cannot have another one.
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new AnonError('usage', 'status must be a number from 200 to 599.');
  }
  return { kind, status, body, retry_after: retryAfterSeconds };
}

function checkRoute(route: string, { known, all }: { known: boolean; all: readonly string[] }): void {
  if (known) return;
  const similar = mostSimilar(route, all);
  throw new AnonError('usage', `The local tenant has no endpoint '${route}'.`, {
    hint: similar && `Did you mean ${similar}?`,
  });
}
