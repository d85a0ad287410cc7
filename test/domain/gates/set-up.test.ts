import { describe, expect, it } from 'vitest';
import { apiWithGrants, guestScopes } from '../../../src/domain/api/guest-grants.ts';
import { listApis } from '../../../src/domain/api/read.ts';
import { findApp } from '../../../src/domain/app/find.ts';
import { newClientId } from '../../../src/domain/app/lifecycle.ts';
import { listApps } from '../../../src/domain/app/read.ts';
import { explainRefusal } from '../../../src/domain/gates/explain-refusal.ts';
import {
  type DesiredSetUp,
  ensureApiOpen,
  ensureAppOpen,
  ensureTenantReady,
  planSetUp,
} from '../../../src/domain/gates/set-up.ts';
import { applyPlan } from '../../../src/domain/plan/apply.ts';
import { unsent } from '../../../src/domain/plan/plan.ts';
import { createSession } from '../../../src/domain/session/token-request.ts';
import { connectionTo, failureOf, type TestConnection } from '../../support/domain.ts';
import { confidentialApp, openTenant, type TestTenant, testTenant } from '../../support/local.ts';

const editions = ['preview', 'ea'] as const;
const writes = ({ sent }: TestConnection) => sent.filter((line) => /^(PATCH|POST|DELETE) \/api/.test(line));

/** The application and the API that are there. */
async function known(connection: TestConnection) {
  const [[app], [api]] = [await listApps(connection), await listApis(connection)];
  if (!app || !api) throw new Error('the seed has an application and an API');
  return { app, api: await apiWithGrants(connection, api) };
}

function wish(parts: Pick<DesiredSetUp, 'app' | 'api'> & Partial<DesiredSetUp>): DesiredSetUp {
  return { settings: {}, oidcConformant: false, scopes: ['read:catalog'], ...parts };
}

const fresh = {
  app: { name: 'mobile', type: 'native' },
  api: { name: 'news', audience: 'https://news.example', scopes: ['read:news', 'write:news'] },
} as const;

/** A guest of what was set up gets a token; its scopes. */
async function guestScope(connection: TestConnection, { app, api }: Pick<DesiredSetUp, 'app' | 'api'>) {
  if (!('clientId' in app)) throw new Error('the application is not there');
  const request = { app, api, scope: undefined, metadata: undefined, userId: undefined };
  return (await createSession(connection, request, explainRefusal)).scope;
}

describe.each(editions)('set up in edition %s', (edition) => {
  async function connected(open: (doors: { edition: typeof edition }) => Promise<TestTenant> = testTenant) {
    const tenant = await open({ edition });
    return { tenant, connection: connectionTo(tenant) };
  }

  it('opens all gates of a new tenant, and a guest gets a token', async () => {
    const { connection } = await connected();
    const plan = await planSetUp(connection, wish(await known(connection)));
    expect(writes(connection)).toEqual([]);
    const done = await applyPlan(connection, plan);
    expect(done).toMatchObject({
      tenant: { edition },
      app: { name: 'web', enabled: true },
      api: { name: 'shop', guests: { enabled: true } },
    });
    expect(guestScopes(done.api, done.app.clientId)).toEqual(['read:catalog']);
    expect(await guestScope(connection, done)).toBe('read:catalog');
  });

  it('writes nothing without changes', async () => {
    const { connection } = await connected(openTenant);
    const settings = { lifetimeSeconds: 2_592_000, tokenFormat: 'jwe' } as const;
    const plan = await planSetUp(connection, wish({ ...(await known(connection)), settings }));
    expect(plan.writes).toEqual([]);
    expect(plan.outcome(unsent)).toMatchObject({ app: { enabled: true }, api: { guests: { enabled: true } } });
  });

  it('does only what is missing, and removes nothing', async () => {
    const { connection } = await connected(openTenant);
    const plan = await planSetUp(connection, wish({ ...(await known(connection)), scopes: ['read:orders'] }));
    expect(plan.writes).toHaveLength(1);
    const done = await applyPlan(connection, plan);
    expect(guestScopes(done.api, done.app.clientId)).toEqual(['read:catalog', 'write:cart', 'read:orders']);
  });

  it('changes the requested settings first', async () => {
    const { connection } = await connected(openTenant);
    const settings = { lifetimeSeconds: 7_776_000 };
    const plan = await planSetUp(connection, wish({ ...(await known(connection)), settings }));
    expect(plan.writes.map(({ subject }) => subject)).toEqual(['tenant settings']);
    expect((await applyPlan(connection, plan)).tenant.lifetimeSeconds).toBe(7_776_000);
  });

  it('creates an application and an API, open from the start', async () => {
    const { tenant, connection } = await connected();
    const plan = await planSetUp(connection, wish({ ...fresh, scopes: ['read:news'] }));
    expect(plan.outcome(unsent)).toMatchObject({ app: { clientId: newClientId, name: 'mobile', enabled: true } });
    const done = await applyPlan(connection, plan);
    expect(done).toMatchObject({
      app: { name: 'mobile', type: 'native', authMethod: 'none', enabled: true },
      api: { audience: 'https://news.example', guests: { enabled: true } },
    });
    expect(done.app.clientId).toMatch(/^\w{32}$/);
    expect(writes(connection).every((line) => line.startsWith('POST '))).toBe(true);
    expect(guestScopes(done.api, done.app.clientId)).toEqual(['read:news']);
    expect(await guestScope(connection, done)).toBe('read:news');
    expect(JSON.stringify(tenant.store.list('client_grant'))).not.toContain(newClientId);
  });

  it('reports what was written if a later write is refused, and the next run does the rest', async () => {
    const { tenant, connection } = await connected();
    const plan = await planSetUp(connection, wish({ ...fresh, scopes: ['read:news'] }));
    const refusing: TestConnection = {
      ...connection,
      fetch: async (url, request) =>
        request.method === 'POST' && url.endsWith('/api/v2/resource-servers')
          ? new Response(JSON.stringify({ statusCode: 400, error: 'Bad Request', message: 'Not today.' }), {
              status: 400,
            })
          : connection.fetch(url, request),
    };
    expect(await failureOf(() => applyPlan(refusing, plan))).toMatchObject({
      message: 'The tenant refused: Not today (400).',
      hint: 'Already applied: application mobile. Run the command again to apply the rest.',
    });
    const app = (await listApps(connection)).find(({ name }) => name === 'mobile');
    const again = await planSetUp(connection, wish({ ...fresh, ...(app && { app }), scopes: ['read:news'] }));
    expect(again.writes.map(({ subject }) => subject)).not.toContain('application mobile');
    const done = await applyPlan(connection, again);
    expect(await guestScope(connection, done)).toBe('read:news');
    expect((await tenant.store.list('client')).filter(({ name }) => name === 'mobile')).toHaveLength(1);
  });
});

describe('an application that is not OIDC-conformant, in edition ea', () => {
  async function nonconformant() {
    const tenant = await testTenant({ edition: 'ea' });
    await tenant.change('client', tenant.app.client_id, { oidc_conformant: false });
    return connectionTo(tenant);
  }

  it('is refused before anything is sent', async () => {
    const connection = await nonconformant();
    const parts = await known(connection);
    expect(await failureOf(() => planSetUp(connection, wish(parts)))).toMatchObject({ code: 'failed' });
    expect(writes(connection)).toEqual([]);
  });

  it('is made conformant if asked', async () => {
    const connection = await nonconformant();
    const plan = await planSetUp(connection, wish({ ...(await known(connection)), oidcConformant: true }));
    expect((await applyPlan(connection, plan)).app).toMatchObject({ enabled: true, oidcConformant: true });
  });
});

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
    expect(await tenant.store.get('client', tenant.app.client_id)).not.toHaveProperty('can_create_anonymous_sessions');
  });

  it('is opened for another without the sample, and created if there is none', async () => {
    const tenant = await testTenant();
    await tenant.change('client', tenant.app.client_id, { name: 'storefront' });
    const connection = connectionTo(tenant);
    expect(await ensureAppOpen(connection, { clientId: 'gone', name: 'gone' })).toMatchObject({
      subject: { name: 'storefront' },
    });
    await tenant.store.write((writer) => writer.remove('client', tenant.app.client_id));
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
    await local.change('resource_server', local.api.id, { anonymous_access_scopes: ['read:orders'] });
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
    await tenant.change('resource_server', tenant.api.id, { scopes, name: 'air' });
    const chosen = { audience: tenant.api.identifier, name: 'air' };
    const connection = connectionTo(tenant);
    expect(await ensureApiOpen(connection, await web(connection), chosen)).toMatchObject({
      subject: { guests: { enabled: true }, grants: granted.length > 0 ? [{ scopes: granted }] : [] },
      commands: [`api enable air${argument}`],
    });
  });

  it('are opened for a new API if there is none', async () => {
    const tenant = await testTenant();
    await tenant.store.write((writer) => writer.remove('resource_server', tenant.api.id));
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
