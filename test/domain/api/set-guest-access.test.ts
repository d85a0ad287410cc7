import { describe, expect, it } from 'vitest';
import { createApi } from '../../../src/domain/api/create.ts';
import { findApi } from '../../../src/domain/api/find.ts';
import { listApis } from '../../../src/domain/api/list.ts';
import { setGuestAccess } from '../../../src/domain/api/set-guest-access.ts';
import { connectionTo, failureOf } from '../../support/domain.ts';
import { testTenant } from '../../support/local.ts';

async function shop() {
  const connection = connectionTo(await testTenant());
  return { connection, api: await findApi(connection, 'shop') };
}

describe('the guests of an API', () => {
  it('are let in with some of its scopes, for as long as was said', async () => {
    const { connection, api } = await shop();
    const change = { enabled: true, scopes: ['read:catalog'], tokenLifetimeSeconds: 3600 };
    const { api: after, sent } = await setGuestAccess(connection, api, change);
    expect(after).toEqual({ ...api, guests: change });
    expect(sent).toEqual({
      method: 'PATCH',
      path: `/api/v2/resource-servers/${api.id}`,
      body: {
        allow_anonymous_access: true,
        anonymous_access_scopes: ['read:catalog'],
        token_lifetime_for_anonymous_access: 3600,
      },
    });
    expect(await findApi(connection, 'shop')).toEqual(after);
  });

  it('are shut out, and what they may have stays written down', async () => {
    const { connection, api } = await shop();
    const { api: open } = await setGuestAccess(connection, api, { enabled: true, scopes: ['write:cart'] });
    const { api: closed, sent } = await setGuestAccess(connection, open, { enabled: false });
    expect(closed.guests).toEqual({ ...open.guests, enabled: false });
    expect(sent.body).toEqual({ allow_anonymous_access: false });
  });

  it.each([
    ['read:catalogue', "Did you mean 'read:catalog'? Its scopes: read:catalog, write:cart, read:orders, write:orders."],
    ['admin', 'Its scopes: read:catalog, write:cart, read:orders, write:orders.'],
  ])('do not get the scope %s, which the API does not define; nothing is sent', async (scope, hint) => {
    const { connection, api } = await shop();
    const before = connection.sent.length;
    const change = { enabled: true, scopes: ['read:catalog', scope] };
    expect(await failureOf(() => setGuestAccess(connection, api, change))).toMatchObject({
      code: 'usage',
      message: `API 'shop' defines no scope '${scope}'.`,
      hint,
    });
    expect(connection.sent).toHaveLength(before);
  });

  it('of an API without scopes get none', async () => {
    const { connection } = await shop();
    const { api } = await createApi(connection, { name: 'bare', audience: 'https://bare.example', scopes: [] });
    expect(await failureOf(() => setGuestAccess(connection, api, { scopes: ['x'] }))).toMatchObject({
      hint: 'Its scopes: none.',
    });
  });
});

it('a new API is closed to guests, and has the scopes it was given', async () => {
  const { connection } = await shop();
  const { api, sent } = await createApi(connection, {
    name: 'stock',
    audience: 'https://stock.example',
    scopes: ['read:stock', 'write:stock'],
  });
  expect(api).toMatchObject({
    name: 'stock',
    audience: 'https://stock.example',
    scopes: [{ value: 'read:stock' }, { value: 'write:stock' }],
    guests: { enabled: false, scopes: [], tokenLifetimeSeconds: 86_400 },
  });
  expect(sent).toMatchObject({ method: 'POST', path: '/api/v2/resource-servers' });
  expect((await listApis(connection)).map(({ name }) => name)).toEqual(['shop', 'stock']);
});
