import { describe, expect, it } from 'vitest';
import { findApp } from '../../../src/domain/app/find.ts';
import { planAppCreation } from '../../../src/domain/app/lifecycle.ts';
import { planAppAccess } from '../../../src/domain/app/set-access.ts';
import { applyPlan } from '../../../src/domain/plan/apply.ts';
import { connectionTo } from '../../support/domain.ts';
import { testTenant } from '../../support/local.ts';

describe('a new application', () => {
  it.each([
    ['spa', 'none'],
    ['native', 'none'],
    ['regular_web', 'client_secret_post'],
    ['non_interactive', 'client_secret_post'],
  ] as const)('of type %s authenticates with %s', async (type, authMethod) => {
    const tenant = connectionTo(await testTenant());
    const plan = await planAppCreation(tenant, { name: 'shop front', type, enabled: false });
    expect(plan.writes).toHaveLength(1);
    expect(plan.writes[0]).toMatchObject({
      method: 'POST',
      path: '/api/v2/clients',
      body: {
        name: 'shop front',
        app_type: type,
        token_endpoint_auth_method: authMethod,
        oidc_conformant: true,
        can_create_anonymous_sessions: false,
      },
    });
    const app = await applyPlan(tenant, plan);
    expect(app).toMatchObject({ name: 'shop front', type, authMethod, enabled: false });
    expect(await findApp(tenant, 'shop front')).toMatchObject({ clientId: app.clientId, type, authMethod });
  });

  it('can be enabled from the start', async () => {
    const tenant = connectionTo(await testTenant());
    const plan = await planAppCreation(tenant, { name: 'web', type: 'spa', enabled: true });
    expect((await applyPlan(tenant, plan)).enabled).toBe(true);
  });
});

it('an application is enabled and disabled, and nothing else changes', async () => {
  const tenant = await testTenant();
  const connection = connectionTo(tenant);
  const before = await findApp(connection, 'web');
  const whole = await tenant.store.get('client', before.clientId);
  const opening = await planAppAccess(connection, before, { enabled: true });
  expect(opening.writes).toMatchObject([
    {
      method: 'PATCH',
      path: `/api/v2/clients/${before.clientId}`,
      body: { can_create_anonymous_sessions: true },
      changes: [{ member: 'can_create_anonymous_sessions', before: undefined, after: true }],
    },
  ]);
  const opened = await applyPlan(connection, opening);
  expect(opened).toMatchObject({ name: 'web', enabled: true });
  expect((await planAppAccess(connection, opened, { enabled: true })).writes).toEqual([]);
  const closed = await applyPlan(connection, await planAppAccess(connection, opened, { enabled: false }));
  expect(closed.enabled).toBe(false);
  expect(await tenant.store.get('client', before.clientId)).toEqual({ ...whole, can_create_anonymous_sessions: false });
});
