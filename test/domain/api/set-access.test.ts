import { describe, expect, it } from 'vitest';
import { findApi } from '../../../src/domain/api/find.ts';
import { apiWithGrants, guestScopes } from '../../../src/domain/api/guest-grants.ts';
import { planApiCreation } from '../../../src/domain/api/lifecycle.ts';
import { listApis } from '../../../src/domain/api/read.ts';
import { planApiClosing, planApiOpening, planGuestScopes } from '../../../src/domain/api/set-access.ts';
import { applyPlan } from '../../../src/domain/plan/apply.ts';
import { connectionTo, failureOf } from '../../support/domain.ts';
import { testTenant } from '../../support/local.ts';

async function shop() {
  const connection = connectionTo(await testTenant());
  return { connection, api: await apiWithGrants(connection, await findApi(connection, 'shop')) };
}

const anybody = { app: undefined };

describe('the guests of an API in edition preview', () => {
  it('get the given scopes and token lifetime', async () => {
    const { connection, api } = await shop();
    const opening = { ...anybody, scopes: ['read:catalog'], tokenLifetimeSeconds: 3600 };
    const plan = await planApiOpening(connection, api, opening);
    expect(plan.writes).toMatchObject([
      {
        method: 'PATCH',
        path: `/api/v2/resource-servers/${api.id}`,
        subject: 'API shop',
        body: {
          allow_anonymous_access: true,
          anonymous_access_scopes: ['read:catalog'],
          token_lifetime_for_anonymous_access: 3600,
        },
      },
    ]);
    const after = await applyPlan(connection, plan);
    expect(after.guests).toEqual({ enabled: true, tokenLifetimeSeconds: 3600 });
    expect(guestScopes(after, 'any application')).toEqual(['read:catalog']);
    expect(await findApi(connection, 'shop')).toMatchObject({ guests: after.guests });
    expect((await planApiOpening(connection, after, opening)).writes).toEqual([]);
  });

  it('keep their scopes when they get more', async () => {
    const { connection, api } = await shop();
    const first = await applyPlan(
      connection,
      await planApiOpening(connection, api, { ...anybody, scopes: ['read:orders'] }),
    );
    const plan = await planApiOpening(connection, first, { ...anybody, scopes: ['read:catalog', 'read:orders'] });
    expect(plan.writes).toMatchObject([{ body: { anonymous_access_scopes: ['read:orders', 'read:catalog'] } }]);
  });

  it('are refused, and their scopes stay unless they are removed', async () => {
    const { connection, api } = await shop();
    const open = await applyPlan(
      connection,
      await planApiOpening(connection, api, { ...anybody, scopes: ['write:cart'] }),
    );
    const plan = await planApiClosing(connection, open, { revoke: false });
    expect(plan.writes).toMatchObject([{ body: { allow_anonymous_access: false } }]);
    const closed = await applyPlan(connection, plan);
    expect(closed).toMatchObject({ guests: { enabled: false }, grants: [{ scopes: ['write:cart'] }] });
    const revocation = await planApiClosing(connection, closed, { revoke: true });
    expect(revocation.writes).toMatchObject([{ body: { anonymous_access_scopes: [] } }]);
    expect(await applyPlan(connection, revocation)).toMatchObject({ grants: [] });
  });

  it('get and lose scopes without opening the API', async () => {
    const { connection, api } = await shop();
    const given = await applyPlan(
      connection,
      await planGuestScopes(connection, api, { ...anybody, add: ['read:orders', 'write:cart'] }),
    );
    expect(given).toMatchObject({ guests: { enabled: false }, grants: [{ scopes: ['read:orders', 'write:cart'] }] });
    const plan = await planGuestScopes(connection, given, { ...anybody, remove: ['write:cart', 'read:catalog'] });
    expect(await applyPlan(connection, plan)).toMatchObject({ grants: [{ scopes: ['read:orders'] }] });
  });

  it.each([
    ['read:catalogue', "Did you mean 'read:catalog'? Its scopes: read:catalog, write:cart, read:orders, write:orders."],
    ['admin', 'Its scopes: read:catalog, write:cart, read:orders, write:orders.'],
  ])('do not get the scope %s, which the API does not define', async (scope, hint) => {
    const { connection, api } = await shop();
    const scopes = ['read:catalog', scope];
    const refusal = { code: 'usage', message: `API 'shop' has no scope '${scope}'.`, hint };
    expect(await failureOf(() => planApiOpening(connection, api, { ...anybody, scopes }))).toMatchObject(refusal);
    expect(await failureOf(() => planGuestScopes(connection, api, { ...anybody, add: scopes }))).toMatchObject(refusal);
    expect(await failureOf(() => planGuestScopes(connection, api, { ...anybody, remove: scopes }))).toMatchObject(
      refusal,
    );
  });

  it('get no scopes from an API without scopes', async () => {
    const { connection } = await shop();
    const creation = await planApiCreation(connection, { name: 'bare', audience: 'https://bare.example', scopes: [] });
    const bare = { ...(await applyPlan(connection, creation)), grants: [] };
    expect(await failureOf(() => planApiOpening(connection, bare, { ...anybody, scopes: ['x'] }))).toMatchObject({
      hint: 'It has no scopes.',
    });
  });
});

describe('a new API', () => {
  const stock = { name: 'stock', audience: 'https://stock.example', scopes: ['read:stock', 'write:stock'] };

  it('is closed to guests, and has the given scopes', async () => {
    const { connection } = await shop();
    const plan = await planApiCreation(connection, stock);
    expect(plan.writes).toMatchObject([{ method: 'POST', path: '/api/v2/resource-servers' }]);
    expect(await applyPlan(connection, plan)).toMatchObject({
      name: 'stock',
      audience: 'https://stock.example',
      scopes: [{ value: 'read:stock' }, { value: 'write:stock' }],
      guests: { enabled: false, tokenLifetimeSeconds: 86_400 },
    });
    expect((await listApis(connection)).map(({ name }) => name)).toEqual(['shop', 'stock']);
  });

  it('can be open from the start', async () => {
    const { connection } = await shop();
    const api = await applyPlan(connection, await planApiCreation(connection, stock, { scopes: ['read:stock'] }));
    expect(await apiWithGrants(connection, api)).toMatchObject({
      guests: { enabled: true },
      grants: [{ scopes: ['read:stock'], clientId: undefined, allScopes: false }],
    });
  });
});

it("the tenant's own API is refused, by name and by audience", async () => {
  const { connection } = await shop();
  for (const reference of ['Auth0 Management API', 'https://localhost:4400/api/v2/']) {
    expect(await failureOf(() => findApi(connection, reference))).toMatchObject({
      code: 'usage',
      message: "API 'Auth0 Management API' is the tenant's own and can't be enabled for guests.",
      hint: 'Choose one of your own: anon-cli api list',
    });
  }
});
