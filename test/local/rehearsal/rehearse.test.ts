import { describe, expect, it } from 'vitest';
import { exportState } from '../../../src/local/state/carried-state.ts';
import { claimsOf, confidentialApp, type TestTenant } from '../../support/local.ts';
import { jane, mergeCart, rehearsed, tenantWithUser, toTry } from '../../support/rehearsal.ts';

const carriers = { preview: ['query', 'header', 'cookie'], ea: ['ticket', 'query', 'header', 'cookie'] } as const;
const rows = (['preview', 'ea'] as const).flatMap((edition) => carriers[edition].map((via) => ({ edition, via })));

it.each(rows)('in edition $edition, the guest comes along by $via', async ({ edition, via }) => {
  const tenant = await tenantWithUser({ edition });
  const session = await tenant.session({ metadata: { cart: 'tea' } });
  const { withGuest, withoutGuest } = await rehearsed(tenant, {
    ...{ via, sessionToken: session.session_token, action: toTry(mergeCart) },
  });
  const guest = claimsOf(session.access_token).sub;
  expect(withGuest.guestId).toBe(guest);
  expect(withGuest.actions).toEqual([
    {
      ...{ name: 'merge.js', trigger: 'post-login', failure: undefined },
      commands: [
        { kind: 'app_metadata', name: 'cart', value: 'tea' },
        { kind: 'id_token_claim', name: 'https://shop.example/guest', value: guest },
        { kind: 'access_token_claim', name: 'https://shop.example/cart', value: 'tea' },
      ],
      printed: [{ level: 'log', text: 'merging tea' }],
    },
  ]);
  expect(withGuest.user).toMatchObject({ email: jane, app_metadata: { cart: 'tea' } });
  expect(withoutGuest.guestId).toBeUndefined();
  expect(withoutGuest.actions).toMatchObject([{ commands: [], printed: [] }]);
  expect(withoutGuest.user).not.toHaveProperty('app_metadata');
});

describe('the tokens of a rehearsed login', () => {
  const audience = 'https://api.shop.example';
  const scope = ['openid', 'email', 'read:catalog'];

  it('have what was asked for, and what the Action set', async () => {
    const tenant = await tenantWithUser({ edition: 'ea' });
    const { withGuest, withoutGuest } = await rehearsed(tenant, { audience, scope, action: toTry(mergeCart) });
    const [id, access] = [tokenOf(withGuest, 'idToken'), tokenOf(withGuest, 'accessToken')];
    expect(id).toMatchObject({ aud: tenant.app.client_id, email: jane, 'https://shop.example/guest': /^anon@/ });
    expect(access).toMatchObject({ sub: id.sub, scope: scope.join(' '), 'https://shop.example/cart': 'tea' });
    expect(access.aud).toContain(audience);
    expect(tokenOf(withoutGuest, 'accessToken')).not.toHaveProperty('https://shop.example/cart');
  });

  function tokenOf({ end }: Awaited<ReturnType<typeof rehearsed>>['withGuest'], member: 'idToken' | 'accessToken') {
    if (!end.ok) throw new Error(end.error);
    return claimsOf(end[member] ?? '');
  }
});

describe('an application in a rehearsal', () => {
  const callbacks = ['https://shop.example/callback?from=login'];
  const redirectUri = callbacks[0] ?? '';

  it.each(['client_secret_basic', 'client_secret_post'])('authenticates with %s', async (method) => {
    const tenant = await tenantWithUser({ edition: 'ea' });
    const app = await confidentialApp(tenant, { callbacks, token_endpoint_auth_method: method });
    await expectLogin(tenant, app);
  });

  it('needs no private key', async () => {
    const tenant = await tenantWithUser({ edition: 'ea' });
    const app = await confidentialApp(tenant, { callbacks });
    const { token_endpoint_auth_method: _, ...rest } = (await tenant.store.get('client', app.client_id)) ?? {};
    const keys = { client_authentication_methods: { private_key_jwt: { credentials: [{ id: 'cred_1' }] } } };
    await tenant.store.write((writer) => writer.put('client', app.client_id, { ...rest, ...keys }));
    await expectLogin(tenant, app, await sessionBefore(tenant, app, rest.client_secret));
  });

  async function sessionBefore(tenant: TestTenant, app: TestTenant['app'], secret: unknown): Promise<string> {
    const before = await tenant.store.get('client', app.client_id);
    const { client_authentication_methods: _, ...withSecret } = before ?? {};
    await tenant.store.write((writer) => writer.put('client', app.client_id, withSecret));
    await tenant.grantGuests(app.client_id);
    const { session_token } = await tenant.session({ client_id: app.client_id, client_secret: secret });
    await tenant.store.write((writer) => writer.put('client', app.client_id, before ?? {}));
    return session_token;
  }

  async function expectLogin(tenant: TestTenant, app: TestTenant['app'], sessionToken?: string): Promise<void> {
    await tenant.grantGuests(app.client_id);
    const credentials = { client_id: app.client_id, client_secret: app.client_secret };
    const token = sessionToken ?? (await tenant.session(credentials)).session_token;
    const { withGuest } = await rehearsed(tenant, { clientId: app.client_id, redirectUri, sessionToken: token });
    expect(withGuest).toMatchObject({ end: { ok: true }, guestId: expect.stringMatching(/^anon@/) });
  }
});

it('leaves nothing in the tenant', async () => {
  const tenant = await tenantWithUser({ edition: 'ea' });
  const session = await tenant.session({ metadata: { cart: 'tea' } });
  const kinds = ['user', 'action', 'login_session', 'authorization_code', 'refresh_token'] as const;
  const all = async () => [
    await exportState(tenant.store),
    ...(await Promise.all(kinds.map((k) => tenant.store.list(k)))),
  ];
  const before = await all();
  const members = { sessionToken: session.session_token, action: toTry(mergeCart) };
  await rehearsed(tenant, members);
  await rehearsed(tenant, { ...members, user: 'new@example.com', isNew: true });
  expect(await all()).toEqual(before);
});
