import { mostSimilar } from '../../domain/did-you-mean.ts';
import { AnonError } from '../../errors.ts';
import type { MemoryServer } from '../../io/embedded/memory-server.ts';
import { type ClockChange, clockYears, parseInstant, parseSpan } from '../../wire/tenant-clock.ts';
import { anyRoute } from '../../wire/tenant-faults.ts';
import { type KeyReading, keyUses } from '../../wire/tenant-keys.ts';
import type { ClockStart, TenantClock } from './clock.ts';
import type { FaultEffect, TenantFaults } from './faults.ts';
import type { TenantKey, TenantKeys } from './keys.ts';

/** A tenant whose state has a clock. */
interface ClockOwner {
  /** In milliseconds since 1970. */
  now(): number;
  /** Undefined, and nothing is changed, where the clock would leave the years that it may show. */
  changeClock(change: ClockChange): Promise<object | undefined>;
}

/** The clock in the state of a tenant. */
export function tenantClock(tenant: ClockOwner): TenantClock {
  const now = () => new Date(tenant.now());
  const change = async (wanted: ClockChange) => {
    if (await tenant.changeClock(wanted)) return now();
    throw new AnonError('usage', `The tenant's time must be in ${clockYears}.`);
  };
  return {
    now,
    advance: async (by) => change({ kind: 'advance', seconds: secondsOf(by) }),
    set: async (to) => change({ kind: 'set', atMs: timeOf(to) }),
    freeze: async (at) => change({ kind: 'freeze', atMs: at === undefined ? undefined : timeOf(at) }),
    run: () => change({ kind: 'run' }),
    reset: () => change({ kind: 'reset' }),
  };
}

/** Sets a clock as a test wants it at the start. @throws {AnonError} `usage` */
export async function startClock(clock: TenantClock, { now, frozen = false }: ClockStart = {}): Promise<void> {
  if (frozen) await clock.freeze(now);
  else if (now !== undefined) await clock.set(now);
}

function secondsOf(by: number | string): number {
  const seconds = typeof by === 'number' ? by : parseSpan(String(by));
  if (seconds !== undefined && Number.isFinite(seconds)) return seconds;
  throw new AnonError('usage', `'${String(by).slice(0, 40)}' is not a valid duration.`, {
    hint: 'Examples: 31d, 12h, -90m or a number of seconds',
  });
}

function timeOf(value: Date | string): number {
  const time = value instanceof Date ? value.getTime() : parseInstant(String(value));
  if (time !== undefined && !Number.isNaN(time)) return time;
  throw new AnonError('usage', `'${String(value).slice(0, 40)}' is not a time.`, {
    hint: 'Give a Date, or ISO 8601 with its time zone: 2027-01-01T00:00Z',
  });
}

export function tenantKeys({ tenant }: MemoryServer, running: () => void): TenantKeys {
  const list = async () => (await tenant.keys()).map(keyOf);
  return {
    list,
    async rotate(use = 'signing') {
      running();
      // A program without types may pass anything.
      if (!keyUses.includes(use)) throw new AnonError('usage', `rotate takes ${keyUses.join(' or ')}.`);
      await tenant.rotateKey(use);
      const made = (await list()).find((key) => key.use === use);
      if (!made) throw new Error('a tenant has a key for every use');
      return made;
    },
    async revoke(kid) {
      running();
      const revoked = await tenant.revokeKey(String(kid));
      if (revoked === 'revoked') return;
      if (revoked === 'current') throw new AnonError('usage', 'This is a current key. Rotate it first.');
      throw new AnonError('not_found', 'The tenant has no key with this kid.');
    },
  };
}

function keyOf({ kid, use, state, ends_at }: KeyReading): TenantKey {
  return { kid, use, state, endsAt: ends_at };
}

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
