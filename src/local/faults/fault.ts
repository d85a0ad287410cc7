import type { JsonObject } from '../../wire/schema.ts';
import type { FaultKind } from '../../wire/tenant-faults.ts';
import { type Random, randomUuid } from '../random.ts';
import type { Store, StoreReader } from '../store/store.ts';

/** Which requests a fault is for, and which of them it hits. What is missing selects all. */
export interface FaultAim {
  /** The path of an endpoint, with `:name` for one part that varies; with a `*` at its end, all paths that begin like it. */
  readonly route: string;
  /** Missing: every method but OPTIONS, so that the preflight requests of browsers succeed. */
  readonly method?: string | undefined;
  /** The client id of an application. */
  readonly client_id?: string | undefined;
  /** The share of the requests that are hit, from 0 to 1. */
  readonly rate?: number | undefined;
  /** Selects which requests that share is. */
  readonly seed: number;
  /** How many requests are hit at most. */
  readonly count?: number | undefined;
  /** How many requests pass before the first one is hit. */
  readonly after?: number | undefined;
}

/** What a fault of kind `status` answers. */
export interface FaultAnswer {
  readonly status?: number | undefined;
  /** In seconds. */
  readonly retry_after?: number | undefined;
  /** In place of the error that the endpoint would answer. */
  readonly body?: string | undefined;
}

export interface NewFault extends FaultAim, FaultAnswer {
  /** Made from the kind where it is missing. */
  readonly name?: string | undefined;
  readonly kind: FaultKind;
  readonly latency_ms?: number | undefined;
}

/** A fault, as it is saved. */
export interface Fault extends NewFault {
  readonly id: string;
  readonly name: string;
  /** Faults are tried in ascending order. */
  readonly order: number;
  /** ISO 8601. */
  readonly created_at: string;
  /** How many requests it was for, and how many it hit; only counted where {@link isCounted}. */
  readonly seen: number;
  readonly hit: number;
}

/** All faults, in the order in which they were added. */
export async function faultsOf(store: StoreReader): Promise<Fault[]> {
  const documents = (await store.list('fault')).filter(({ kind }) => kind !== 'limit');
  return (documents as readonly unknown[] as Fault[]).sort((a, b) => a.order - b.order);
}

/** Undefined where a fault has this name. */
export async function addFault(
  store: Store,
  { random, nowMs }: { readonly random: Random; readonly nowMs: number },
  added: NewFault,
): Promise<Fault | undefined> {
  const id = randomUuid(random);
  return store.write(async (writer) => {
    const others = await faultsOf(writer);
    const names = new Set(others.map(({ name }) => name));
    if (added.name !== undefined && names.has(added.name)) return undefined;
    const order = (others.at(-1)?.order ?? 0) + 1;
    const name = added.name ?? freeName(added, names);
    const fault: Fault = { ...added, id, name, order, created_at: new Date(nowMs).toISOString(), seen: 0, hit: 0 };
    // Members without a value are not saved.
    writer.put('fault', id, JSON.parse(JSON.stringify(fault)) as JsonObject);
    return fault;
  });
}

/** Returns how many there were. */
export async function clearFaults(store: Store): Promise<number> {
  return store.write(async (writer) => {
    const faults = await faultsOf(writer);
    for (const { id } of faults) writer.remove('fault', id);
    return faults.length;
  });
}

/** Whether it depends on earlier requests whether a request is hit. */
export function isCounted({ rate, count, after }: FaultAim): boolean {
  return rate !== undefined || count !== undefined || after !== undefined;
}

/** `429`, `latency`, `reset`; `reset-2` for another. */
function freeName({ kind, status }: NewFault, taken: ReadonlySet<string>): string {
  const base = kind === 'status' ? String(status) : kind;
  let name = base;
  for (let nth = 2; taken.has(name); nth += 1) name = `${base}-${nth}`;
  return name;
}
