import { describe, expect, it } from 'vitest';
import { createApp } from '../../../src/domain/app/create.ts';
import { findApp } from '../../../src/domain/app/find.ts';
import { setAppEnabled } from '../../../src/domain/app/set-enabled.ts';
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
    const { app, sent } = await createApp(tenant, { name: 'shop front', type, enabled: false });
    expect(app).toMatchObject({ name: 'shop front', type, authMethod, enabled: false });
    expect(sent).toEqual({
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
    expect(await findApp(tenant, 'shop front')).toEqual(app);
  });

  it('may be open to guests at once', async () => {
    const { app } = await createApp(connectionTo(await testTenant()), { name: 'web', type: 'spa', enabled: true });
    expect(app.enabled).toBe(true);
  });
});

it('an application is opened and closed, and nothing else of it changes', async () => {
  const tenant = await testTenant();
  const connection = connectionTo(tenant);
  const before = await findApp(connection, 'web');
  const opened = await setAppEnabled(connection, before.clientId, true);
  expect(opened.app).toEqual({ ...before, enabled: true });
  expect(opened.sent).toEqual({
    method: 'PATCH',
    path: `/api/v2/clients/${before.clientId}`,
    body: { can_create_anonymous_sessions: true },
  });
  expect((await setAppEnabled(connection, before.clientId, false)).app).toEqual(before);
});
