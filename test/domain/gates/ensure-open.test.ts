import { describe, expect, it } from 'vitest';
import { findApp } from '../../../src/domain/app/find.ts';
import { ensureApiOpen, ensureAppOpen, ensureTenantReady } from '../../../src/domain/gates/ensure-open.ts';
import { explainRefusal } from '../../../src/domain/gates/explain-refusal.ts';
import { createSession } from '../../../src/domain/session/token-request.ts';
import { connectionTo, type TestConnection } from '../../support/domain.ts';
import { confidentialApp, openTenant, testTenant } from '../../support/local.ts';

const web = (tenant: TestConnection) => findApp(tenant, 'web');
const changes = ({ sent }: TestConnection) => sent.filter((line) => /^(PATCH|POST|DELETE) \/api/.test(line));

describe('gate 1, the tenant', () => {
  it('of a new tenant is ready, and nothing is written', async () => {
    const tenant = connectionTo(await testTenant(), { selection: ' --profile local' });
    expect(await ensureTenantReady(tenant)).toMatchObject({
      changed: false,
      subject: { lifetimeSeconds: 2_592_000, tokenFormat: 'jwe' },
      commands: ['tenant set-lifetime 30d --profile local', 'tenant set-format jwe --profile local'],
    });
    expect(changes(tenant)).toEqual([]);
  });

  it.each([
    ['sessions are too short', { anonymous_session_lifetime: 3600 }, 2_592_000, '30d'],
    ['their tokens are not sealed', { anonymous_session_token_format: 'jwt' }, 2_592_000, '30d'],
    [
      'their tokens are not sealed, and a longer lifetime stays',
      { anonymous_session_token_format: 'jwt', anonymous_session_lifetime: 31_536_000 },
      31_536_000,
      '1y',
    ],
    [
      'their tokens are not sealed, and they never expire',
      { anonymous_session_token_format: 'jwt', anonymous_session_lifetime: 0 },
      0,
      'never',
    ],
  ])('is opened when %s', async (_, settings, lifetimeSeconds, lifetime) => {
    const tenant = connectionTo(await openTenant({ settings }));
    expect(await ensureTenantReady(tenant)).toMatchObject({
      changed: true,
      subject: { lifetimeSeconds, tokenFormat: 'jwe' },
      commands: [`tenant set-lifetime ${lifetime}`, 'tenant set-format jwe'],
    });
    expect(await ensureTenantReady(tenant)).toMatchObject({ changed: false });
  });
});

describe('gate 2, the application', () => {
  it('is opened for the sample application, once', async () => {
    const tenant = connectionTo(await testTenant());
    expect(await ensureAppOpen(tenant, undefined)).toMatchObject({
      changed: true,
      subject: { name: 'web', enabled: true },
      commands: ['app enable web'],
    });
    expect(await ensureAppOpen(tenant, undefined)).toMatchObject({ changed: false, subject: { enabled: true } });
    expect(changes(tenant)).toHaveLength(1);
  });

  it("is opened for the profile's application only", async () => {
    const tenant = await testTenant();
    const server = await confidentialApp(tenant, { name: 'My server', can_create_anonymous_sessions: false });
    const connection = connectionTo(tenant);
    const chosen = { clientId: server.client_id, name: 'My server' };
    expect(await ensureAppOpen(connection, chosen)).toMatchObject({
      subject: { clientId: server.client_id, enabled: true },
      commands: ["app enable 'My server'"],
    });
    expect(tenant.store.get('client', tenant.app.client_id)).not.toHaveProperty('can_create_anonymous_sessions');
  });

  it('is opened for another without the sample, and created if there is none', async () => {
    const tenant = await testTenant();
    tenant.change('client', tenant.app.client_id, { name: 'storefront' });
    const connection = connectionTo(tenant);
    expect(await ensureAppOpen(connection, { clientId: 'gone', name: 'gone' })).toMatchObject({
      subject: { name: 'storefront' },
    });
    tenant.store.write((writer) => writer.remove('client', tenant.app.client_id));
    expect(await ensureAppOpen(connection, undefined)).toMatchObject({
      changed: true,
      subject: { name: 'web', type: 'spa', authMethod: 'none', enabled: true },
      commands: ['app create web --enable'],
    });
  });
});

describe('gates 3 and 4, the API and its scopes', () => {
  it('are opened for the sample API with harmless scopes, once', async () => {
    const tenant = connectionTo(await testTenant());
    expect(await ensureApiOpen(tenant, await web(tenant), undefined)).toMatchObject({
      changed: true,
      subject: { name: 'shop', guests: { enabled: true }, grants: [{ scopes: ['read:catalog', 'write:cart'] }] },
      commands: ['api enable shop --scopes read:catalog,write:cart'],
    });
    expect(await ensureApiOpen(tenant, await web(tenant), undefined)).toMatchObject({ changed: false });
    expect(changes(tenant)).toHaveLength(1);
  });

  it('keep the scopes that guests have', async () => {
    const local = await testTenant();
    local.change('resource_server', local.api.id, { anonymous_access_scopes: ['read:orders'] });
    const tenant = connectionTo(local);
    expect(await ensureApiOpen(tenant, await web(tenant), undefined)).toMatchObject({
      changed: true,
      subject: { guests: { enabled: true }, grants: [{ scopes: ['read:orders'] }] },
      commands: ['api enable shop --scopes read:orders'],
    });
  });

  it.each([
    [[{ value: 'fly' }, { value: 'swim' }], ['fly'], ' --scopes fly'],
    [[{ value: 'x;reboot' }], ['x;reboot'], " --scopes 'x;reboot'"],
    [[], [], ''],
  ])('of an API with the scopes %j get %j', async (scopes, granted, argument) => {
    const tenant = await testTenant();
    tenant.change('resource_server', tenant.api.id, { scopes, name: 'air' });
    const chosen = { audience: tenant.api.identifier, name: 'air' };
    const connection = connectionTo(tenant);
    expect(await ensureApiOpen(connection, await web(connection), chosen)).toMatchObject({
      subject: { guests: { enabled: true }, grants: granted.length > 0 ? [{ scopes: granted }] : [] },
      commands: [`api enable air${argument}`],
    });
  });

  it('are opened for a new API if there is none', async () => {
    const tenant = await testTenant();
    tenant.store.write((writer) => writer.remove('resource_server', tenant.api.id));
    const connection = connectionTo(tenant);
    expect(await ensureApiOpen(connection, await web(connection), undefined)).toMatchObject({
      changed: true,
      subject: { audience: 'https://api.shop.example', grants: [{ scopes: ['read:catalog', 'write:cart'] }] },
    });
  });
});

it('after all gates are ensured a guest gets tokens', async () => {
  const tenant = connectionTo(await testTenant());
  await ensureTenantReady(tenant);
  const { subject: app } = await ensureAppOpen(tenant, undefined);
  const { subject: api } = await ensureApiOpen(tenant, app, undefined);
  const request = { app, api, scope: undefined, metadata: undefined, userId: undefined };
  const tokens = await createSession(tenant, request, explainRefusal);
  expect(tokens.scope).toBe('read:catalog write:cart');
});
