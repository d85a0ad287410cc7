import { addFault, type Fault, faultsOf, type NewFault } from '../../src/local/faults/fault.ts';
import type { Store } from '../../src/local/store/store.ts';
import { sequenceOfBytes, type TestTenant } from './local.ts';

/** Adds a fault of POST /anonymous/token, changed by `members`, to a tenant. */
export async function withFault(
  { store, clock }: { readonly store: Store; readonly clock: () => number },
  members: Partial<NewFault>,
): Promise<Fault> {
  const fault = { kind: 'status', status: 503, route: '/anonymous/token', seed: 1, ...members } as const;
  const random = sequenceOfBytes(`fault ${(await faultsOf(store)).length}`);
  const added = await addFault(store, { random, nowMs: clock() }, fault);
  if (!added) throw new Error(`there is a fault ${members.name}`);
  return added;
}

/** The statuses of some requests for a guest token, one after the other. */
export async function statusesOf({ anonymousToken }: Pick<TestTenant, 'anonymousToken'>, count: number) {
  const statuses: number[] = [];
  while (statuses.length < count) statuses.push((await anonymousToken()).status);
  return statuses;
}
