import { expect, it } from 'vitest';
import { planConfig } from '../../../src/domain/config/plan.ts';
import { readSnapshot } from '../../../src/domain/config/read-tenant.ts';
import { counted } from '../../../src/domain/exchange/counted.ts';
import { configOf, configTenant, shop } from '../../support/config-tenant.ts';
import { connectionTo } from '../../support/domain.ts';

const size = { apps: 2000, apis: 200, grants: 5000 };

it('reads a tenant of 2,000 applications, 200 APIs and 5,000 grants in a request for each hundred', async () => {
  const tenant = await configTenant('ea');
  await tenant.store.write(async (writer) => {
    for (let index = 0; index < size.apps; index += 1) {
      writer.put('client', `client${index}`, {
        client_id: `client${index}`,
        name: `app ${index}`,
        oidc_conformant: true,
      });
    }
    for (let index = 0; index < size.apis; index += 1) {
      const identifier = `https://${index}.example`;
      writer.put('resource_server', `api${index}`, { id: `api${index}`, identifier, name: `api ${index}`, scopes: [] });
    }
    for (let index = 0; index < size.grants; index += 1) {
      const audience = `https://${index % size.apis}.example`;
      const client_id = `client${Math.floor(index / 25)}`;
      const grant = { id: `cgr_${index}`, client_id, audience, scope: [], subject_type: 'anonymous_user' };
      writer.put('client_grant', grant.id, grant);
    }
  });
  const { tenant: connection, requests } = counted(connectionTo(tenant));
  const snapshot = await readSnapshot(connection);
  const config = configOf({ apps: { 'app 7': { enabled: true } }, apis: { [shop]: { open: true, scopes: [] } } });
  const { plan, problems } = planConfig(config, snapshot, { prune: true });
  expect(problems).toEqual([]);
  // Every grant is of an application that the file does not enable.
  expect(plan.steps).toHaveLength(size.grants + 3);
  // A token, the settings, 2,002 applications by checkpoint, 203 APIs and 5,000 grants.
  expect(requests()).toBeLessThanOrEqual(1 + 1 + 21 + 3 + 51);
});
