import { describe, expect, it } from 'vitest';
import type { ApiWithGrants } from '../../../src/domain/api/api.ts';
import { findApi } from '../../../src/domain/api/find.ts';
import { apiWithGrants, guestScopes, withGrants } from '../../../src/domain/api/guest-grants.ts';
import { planApiCreation } from '../../../src/domain/api/lifecycle.ts';
import { listApis } from '../../../src/domain/api/read.ts';
import { planApiClosing, planApiOpening, planGuestScopes } from '../../../src/domain/api/set-access.ts';
import { findApp } from '../../../src/domain/app/find.ts';
import { planAppCreation } from '../../../src/domain/app/lifecycle.ts';
import { applyPlan } from '../../../src/domain/plan/apply.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { connectionTo } from '../../support/domain.ts';
import { testTenant } from '../../support/local.ts';

async function eaShop() {
  const tenant = await testTenant({ edition: 'ea' });
  const connection = connectionTo(tenant);
  const api = await apiWithGrants(connection, await findApi(connection, 'shop'));
  const web = await findApp(connection, 'web');
  const kiosk = await applyPlan(
    connection,
    await planAppCreation(connection, { name: 'kiosk', type: 'spa', enabled: true }),
  );
  const apply = (plan: Plan<ApiWithGrants>) => applyPlan(connection, plan);
  const grants = async () =>
    (await tenant.store.list('client_grant')).filter(({ subject_type: type }) => type === 'anonymous_user');
  return { tenant, connection, api, web, kiosk, apply, grants };
}

describe('in edition ea an API is opened', () => {
  it('by its policy, without changing other policies, and a grant for the guests of one application', async () => {
    const { tenant, connection, api, web, apply, grants } = await eaShop();
    await tenant.change('resource_server', api.id, {
      subject_type_authorization: { user: { policy: 'deny_all' }, client: { policy: 'deny_all' } },
    });
    const before = await apiWithGrants(connection, await findApi(connection, 'shop'));
    const plan = await planApiOpening(connection, before, { app: web, scopes: ['read:catalog'] });
    expect(plan.writes).toMatchObject([
      {
        method: 'PATCH',
        body: {
          subject_type_authorization: {
            user: { policy: 'deny_all' },
            client: { policy: 'deny_all' },
            anonymous_user: { policy: 'require_client_grant' },
          },
        },
      },
      {
        method: 'POST',
        path: '/api/v2/client-grants',
        subject: 'guest grant of web at shop',
        body: {
          client_id: web.clientId,
          audience: api.audience,
          scope: ['read:catalog'],
          subject_type: 'anonymous_user',
        },
      },
    ]);
    const open = await apply(plan);
    expect(open.guests.enabled).toBe(true);
    expect(guestScopes(open, web.clientId)).toEqual(['read:catalog']);
    expect(await grants()).toMatchObject([{ client_id: web.clientId, scope: ['read:catalog'] }]);
    expect((await planApiOpening(connection, open, { app: web, scopes: ['read:catalog'] })).writes).toEqual([]);
  });

  it('to more scopes by merging, and other grants stay unchanged', async () => {
    const { tenant, connection, api, web, kiosk, apply, grants } = await eaShop();
    const forItself = {
      id: 'cgr_itself',
      client_id: web.clientId,
      audience: api.audience,
      scope: ['write:orders'],
      subject_type: 'client',
    };
    await tenant.store.write((writer) => writer.put('client_grant', forItself.id, forItself));
    const first = await apply(await planApiOpening(connection, api, { app: web, scopes: ['read:orders'] }));
    const second = await apply(await planApiOpening(connection, first, { app: kiosk, scopes: ['write:cart'] }));
    const plan = await planApiOpening(connection, second, { app: web, scopes: ['read:catalog', 'read:orders'] });
    expect(plan.writes).toMatchObject([{ method: 'PATCH', body: { scope: ['read:orders', 'read:catalog'] } }]);
    const after = await apply(plan);
    expect(guestScopes(after, web.clientId)).toEqual(['read:orders', 'read:catalog']);
    expect(guestScopes(after, kiosk.clientId)).toEqual(['write:cart']);
    expect(await grants()).toHaveLength(2);
    expect(await tenant.store.get('client_grant', forItself.id)).toEqual(forItself);
  });

  it('and a grant of all scopes is unchanged; removing one scope lists the others', async () => {
    const { tenant, connection, api, web, apply } = await eaShop();
    const all = {
      id: 'cgr_all',
      client_id: web.clientId,
      audience: api.audience,
      subject_type: 'anonymous_user',
      allow_all_scopes: true,
    };
    await tenant.store.write((writer) => writer.put('client_grant', all.id, all));
    const before = await apiWithGrants(connection, api);
    expect(guestScopes(before, web.clientId)).toEqual(['read:catalog', 'write:cart', 'read:orders', 'write:orders']);
    expect((await planGuestScopes(connection, before, { app: web, add: ['read:orders'] })).writes).toEqual([]);
    const plan = await planGuestScopes(connection, before, { app: web, remove: ['write:orders'] });
    expect(plan.writes).toMatchObject([
      { body: { allow_all_scopes: false, scope: ['read:catalog', 'write:cart', 'read:orders'] } },
    ]);
    expect(guestScopes(await apply(plan), web.clientId)).toEqual(['read:catalog', 'write:cart', 'read:orders']);
  });

  it('with a lifetime for its tokens', async () => {
    const { connection, api, web } = await eaShop();
    const plan = await planApiOpening(connection, api, { app: web, scopes: [], tokenLifetimeSeconds: 600 });
    expect(plan.writes).toMatchObject([{ body: { token_lifetime_for_anonymous_access_tokens: 600 } }]);
  });
});

describe('in edition ea an API is closed', () => {
  it('by its policy alone, and the grants apply again once it is opened', async () => {
    const { connection, api, web, apply, grants } = await eaShop();
    const open = await apply(await planApiOpening(connection, api, { app: web, scopes: ['read:catalog'] }));
    const closed = await apply(await planApiClosing(connection, open, { revoke: false }));
    expect(closed).toMatchObject({ guests: { enabled: false }, grants: [{ scopes: ['read:catalog'] }] });
    expect(await grants()).toHaveLength(1);
  });

  it('and only its guest grants are removed, if asked', async () => {
    const { tenant, connection, api, web, kiosk, apply, grants } = await eaShop();
    const others = (await tenant.store.list('client_grant')).length;
    const one = await apply(await planApiOpening(connection, api, { app: web, scopes: ['read:catalog'] }));
    const two = await apply(await planApiOpening(connection, one, { app: kiosk, scopes: [] }));
    const three = await apply(await planApiOpening(connection, two, { app: kiosk, scopes: ['write:cart'] }));
    const plan = await planApiClosing(connection, three, { revoke: true });
    expect(plan.writes.map(({ method }) => method)).toEqual(['PATCH', 'DELETE', 'DELETE']);
    expect((await apply(plan)).grants).toEqual([]);
    expect(await grants()).toEqual([]);
    expect(await tenant.store.list('client_grant')).toHaveLength(others);
  });
});

it("a new API can be open from the start, with the service's defaults for the other policies", async () => {
  const { tenant, connection } = await eaShop();
  const stock = { name: 'stock', audience: 'https://stock.example', scopes: ['read:stock'] };
  const { id } = await applyPlan(connection, await planApiCreation(connection, stock, { scopes: ['read:stock'] }));
  expect(await tenant.store.get('resource_server', id)).toMatchObject({
    subject_type_authorization: {
      client: { policy: 'require_client_grant' },
      user: { policy: 'allow_all' },
      anonymous_user: { policy: 'require_client_grant' },
    },
  });
});

it('the grants of all APIs are read in as few requests as their pages need', async () => {
  const { tenant, connection, web } = await eaShop();
  const audiences = Array.from({ length: 230 }, (_, number) => `https://${number}.example`);
  await tenant.store.write((writer) => {
    for (const [number, audience] of audiences.entries()) {
      const id = `api-${number}`;
      writer.put('resource_server', id, { id, identifier: audience, name: id, scopes: [{ value: 'a' }] });
      const grant = {
        id: `cgr_${number}`,
        client_id: web.clientId,
        audience,
        scope: ['a'],
        subject_type: 'anonymous_user',
      };
      writer.put('client_grant', grant.id, grant);
    }
  });
  const before = connection.sent.length;
  const apis = await withGrants(connection, await listApis(connection));
  expect(apis.filter((api) => guestScopes(api, web.clientId).includes('a'))).toHaveLength(230);
  const sent = connection.sent.slice(before);
  expect(sent.filter((line) => line.includes('/client-grants?'))).toHaveLength(3);
  expect(sent.filter((line) => line.includes('/resource-servers?'))).toHaveLength(3);
});
