import { mostSimilar } from '../../domain/did-you-mean.ts';
import { AnonError } from '../../errors.ts';
import type { MemoryServer } from '../../io/embedded/memory-server.ts';
import { anyRoute } from '../../wire/tenant-faults.ts';
import type { FaultEffect, TenantFaults } from './faults.ts';

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
