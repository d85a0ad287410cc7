import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../../src/local/faults/fault.ts';
import { cachedStore } from '../../../src/local/store/cached-store.ts';
import { removeDocument } from '../../../src/local/store/remove-document.ts';
import { createTenant } from '../../../src/local/tenant.ts';
import { withFault } from '../../support/faults.ts';
import { openTenant, sender, sequenceOfBytes, testKeys } from '../../support/local.ts';
import { places } from '../../support/stores.ts';

describe.each(places)('two processes that share a state in %s', (_, makeState) => {
  it('have its faults from the next request on, and count together', async () => {
    const open = await makeState();
    const tenant = await openTenant({ store: cachedStore(await open()) });
    const store = cachedStore(await open());
    const other = createTenant({
      store,
      clock: tenant.clock,
      random: sequenceOfBytes('b'),
      keys: async () => testKeys,
    });
    const sends = [tenant.send, sender(other)];
    const statuses = (times: number) =>
      Promise.all(
        Array.from({ length: times }, () => sends)
          .flat()
          .map(async (send) => (await send('GET', '/.well-known/jwks.json')).status),
      );
    expect(await statuses(1)).toEqual([200, 200]);
    const fault = { route: '/.well-known/jwks.json', after: 3, count: 4 };
    const { id } = await withFault({ store, clock: tenant.clock }, fault);
    expect((await statuses(5)).filter((status) => status === 503)).toHaveLength(4);
    await tenant.store.refresh();
    expect(await faultsOf(tenant.store)).toMatchObject([{ seen: 7, hit: 4 }]);
    await removeDocument(store, 'fault', id);
    await withFault({ store, clock: tenant.clock }, { route: '*' });
    expect(await statuses(1)).toEqual([503, 503]);
  });
});
