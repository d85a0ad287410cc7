import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applySteps } from '../../../src/domain/config/apply.ts';
import type { Config } from '../../../src/domain/config/config.ts';
import { type ConfigPlan, planConfig } from '../../../src/domain/config/plan.ts';
import { readSnapshot } from '../../../src/domain/config/read-tenant.ts';
import type { TenantConnection } from '../../../src/domain/exchange/connection.ts';
import { apiScopes, configOf, configTenant, guestReach, shop, stock } from '../../support/config-tenant.ts';
import { connectionTo } from '../../support/domain.ts';

async function planned(tenant: TenantConnection, config: Config, prune = false): Promise<ConfigPlan> {
  const { plan, problems } = planConfig(config, await readSnapshot(tenant), { prune });
  expect(problems).toEqual([]);
  return plan;
}

async function applied(tenant: TenantConnection, config: Config, prune = false): Promise<void> {
  const { steps } = await planned(tenant, config, prune);
  const snapshot = await readSnapshot(tenant);
  expect((await applySteps(tenant, snapshot.edition, steps)).failure).toBeUndefined();
}

const scopesOf = (audience: keyof typeof apiScopes) => fc.subarray([...apiScopes[audience]]);
const api = (audience: keyof typeof apiScopes) => fc.record({ open: fc.boolean(), scopes: scopesOf(audience) });
const configs = fc
  .record({ web: fc.boolean(), mobile: fc.boolean(), shop: api(shop), stock: api(stock) })
  .map(({ web, mobile, ...apis }) =>
    configOf({
      apps: { web: { enabled: web }, mobile: { enabled: mobile } },
      apis: { [shop]: apis.shop, [stock]: apis.stock },
    }),
  );

describe.each(['preview', 'ea'] as const)('edition %s', (edition) => {
  it('never gives guests on the way what neither the old nor the new state gives', async () => {
    const tenant = await configTenant(edition);
    const connection = connectionTo(tenant);
    await fc.assert(
      fc.asyncProperty(configs, configs, async (from, to) => {
        await applied(connection, from, true);
        const before = await guestReach(tenant);
        const onTheWay = new Set<string>();
        const watched = {
          ...connection,
          async fetch(...request: Parameters<TenantConnection['fetch']>) {
            const answer = await connection.fetch(...request);
            if (request[1].method !== 'GET') for (const one of await guestReach(tenant)) onTheWay.add(one);
            return answer;
          },
        };
        await applied(watched, to, true);
        const after = await guestReach(tenant);
        const neither = [...onTheWay].filter((one) => !before.has(one) && !after.has(one));
        expect(neither).toEqual([]);
        expect((await planned(connection, to, true)).steps).toEqual([]);
      }),
      { numRuns: 8 },
    );
  });
});
