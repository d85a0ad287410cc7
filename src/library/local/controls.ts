import { mostSimilar } from '../../domain/did-you-mean.ts';
import { AnonError } from '../../errors.ts';
import type { MemoryServer } from '../../io/embedded/memory-server.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { type ClockChange, clockYears, parseInstant, parseSpan } from '../../wire/tenant-clock.ts';
import {
  anyRoute,
  type FaultToAdd,
  type LimitToSet,
  readFaultToAdd,
  readLimitToSet,
} from '../../wire/tenant-faults.ts';
import { type KeyReading, keyUses } from '../../wire/tenant-keys.ts';
import { checkMembers, type Members } from '../members.ts';
import type { ClockStart, TenantClock } from './clock.ts';
import type { FaultAim, TenantFaults } from './faults.ts';
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

/** `any`: the reader of what crosses HTTP checks it. */
const faultMembers: Members<
  FaultAim & Record<'kind' | 'status' | 'body' | 'retryAfterSeconds' | 'latencyMs' | 'name', unknown>
> = {
  ...{ kind: 'any', status: 'any', body: 'text', retryAfterSeconds: 'any', latencyMs: 'any', name: 'text' },
  ...{ route: 'text', method: 'text', clientId: 'text', rate: 'any', seed: 'any', count: 'any', after: 'any' },
};

const limitMembers: Members<Parameters<TenantFaults['limit']>[0]> = {
  ...{ requests: 'any', periodSeconds: 'any', route: 'text' },
};

export function tenantFaults({ tenant }: MemoryServer, running: () => void): TenantFaults {
  return {
    async add(fault) {
      running();
      checkMembers('faults.add', fault, faultMembers);
      const wanted = faultIn(fault);
      const added = await tenant.faults(async (faults) => {
        checkRoute(wanted.route, await faults.endpointsAt(wanted.route));
        return faults.add(wanted);
      });
      if (!added) throw new AnonError('usage', `Fault '${fault.name}' already exists.`);
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
    async limit(limit) {
      running();
      checkMembers('faults.limit', limit, limitMembers);
      const { route = anyRoute, requests } = limit;
      const wanted = requests === 0 ? undefined : limitIn(limit);
      await tenant.faults(async (faults) => {
        checkRoute(route, await faults.endpointsAt(route));
        if (wanted) await faults.limit(wanted);
        else await faults.unlimit(route);
      });
    },
  };
}

/** The names that a fault and a limit have over HTTP, where they differ from those here. */
const wireNames = {
  ...{ clientId: 'client_id', latencyMs: 'latency_ms', retryAfterSeconds: 'retry_after' },
  periodSeconds: 'period_seconds',
} as const;

function onWire(given: object): JsonObject {
  const renamed = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [Object.hasOwn(wireNames, name) ? wireNames[name as keyof typeof wireNames] : name, value]);
  return Object.fromEntries(renamed);
}

/** @throws {AnonError} `usage` */
function checked<Read extends object>(read: Read | string): Read {
  if (typeof read !== 'string') return read;
  const names = Object.entries(wireNames);
  throw new AnonError(
    'usage',
    names.reduce((text, [name, wire]) => text.replaceAll(wire, name), read),
  );
}

function faultIn({ method, ...fault }: Parameters<TenantFaults['add']>[0]): FaultToAdd {
  return checked(readFaultToAdd(onWire({ ...fault, method: method?.toUpperCase() })));
}

function limitIn(limit: Parameters<TenantFaults['limit']>[0]): LimitToSet {
  return checked(readLimitToSet(onWire(limit)));
}

function checkRoute(route: string, { known, all }: { known: boolean; all: readonly string[] }): void {
  if (known) return;
  const similar = mostSimilar(route, all);
  throw new AnonError('usage', `The local tenant has no endpoint '${route}'.`, {
    hint: similar && `Did you mean ${similar}?`,
  });
}
