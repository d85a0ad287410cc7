import { describe, expect, it } from 'vitest';
import type { KeyReading } from '../../../src/wire/tenant-keys.ts';
import { openTenant, otherTenantKeys, type TestTenant, testKeys } from '../../support/local.ts';
import { formOf, loggedOut, loginTenant } from '../../support/login-tenant.ts';

const jwt = { settings: { anonymous_session_token_format: 'jwt' } };

async function controlled(doors: Parameters<typeof openTenant>[0] = {}) {
  const tenant = await openTenant({ ...doors, keys: keyMaker(), control: { token: undefined } });
  const keys = async (method = 'GET', path = '', json?: object) => {
    const { status, body } = await tenant.send(method, `/_anon/keys${path}`, json && { json });
    return { status, body, keys: body.keys as KeyReading[] };
  };
  return { tenant, keys, rotate: (use = 'signing') => keys('POST', '', { rotate: use }) };
}

/** The first keys are those of every test tenant. The others differ in their names alone: to make one takes long. */
function keyMaker() {
  let made = 0;
  return async () => {
    made += 1;
    return made === 1 ? testKeys : { ...otherTenantKeys, signing: { ...otherTenantKeys.signing, kid: `key-${made}` } };
  };
}

async function jwks(tenant: TestTenant): Promise<string[]> {
  const { body } = await tenant.send('GET', '/.well-known/jwks.json');
  return body.keys.map((key: { kid: string }) => key.kid);
}

const kidIn = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
const aDay = 86_400;

describe('a rotated signing key', () => {
  it('signs no more, and its public key stays in the JWKS until its last token has ended', async () => {
    const { tenant, keys, rotate } = await controlled();
    const old = testKeys.signing.kid;
    expect(await jwks(tenant)).toEqual([old]);
    const { status, keys: after } = await rotate();
    expect(status).toBe(200);
    const [current] = after;
    expect(after).toMatchObject([
      { use: 'signing', state: 'current', created_at: '2026-06-01T12:00:00.000Z', rotated_at: null, ends_at: null },
      { use: 'session', state: 'current', created_at: null },
      {
        ...{ kid: old, use: 'signing', state: 'previous', created_at: null },
        ...{ rotated_at: '2026-06-01T12:00:00.000Z', ends_at: '2026-06-02T12:00:00.000Z' },
      },
    ]);
    expect(kidIn((await tenant.session()).access_token)).toBe(current?.kid);
    tenant.clock.forward(aDay - 1);
    expect(await jwks(tenant)).toEqual([current?.kid, old]);
    tenant.clock.forward(1);
    expect(await jwks(tenant)).toEqual([current?.kid]);
    expect((await keys()).keys.map(({ kid }) => kid)).not.toContain(old);
  });

  it('is in the document without its private key', async () => {
    const { tenant, rotate } = await controlled();
    await rotate();
    const { previous } = (await tenant.store.get('key', 'current')) as never as { previous: { signing: object[] } };
    expect(previous.signing).toMatchObject([{ jwk: { kty: 'RSA', e: 'AQAB' } }]);
    expect(JSON.stringify(previous)).not.toContain(testKeys.signing.jwk.d);
  });

  it.each([
    ['an API', { api: { token_lifetime: 2_592_000 } }, 30],
    ['guests', { api: { token_lifetime_for_anonymous_access: 864_000 } }, 10],
    ['ID tokens', { app: { jwt_configuration: { lifetime_in_seconds: 432_000 } } }, 5],
    ['session tokens in the format jwt', jwt, 30],
    ['shorter lifetimes', { api: { token_lifetime: 60 } }, 1],
  ])('ends with the longest lifetime: %s', async (_, doors, days) => {
    const { rotate } = await controlled(doors);
    const [, , old] = (await rotate()).keys;
    expect(old?.ends_at).toBe(new Date(Date.UTC(2026, 5, 1 + days, 12)).toISOString());
  });

  it('never ends where session tokens in the format jwt never end', async () => {
    const { tenant, rotate } = await controlled({ settings: { ...jwt.settings, anonymous_session_lifetime: 0 } });
    const { session_token } = await tenant.session();
    expect((await rotate()).keys[2]?.ends_at).toBeNull();
    tenant.clock.forward(1000 * aDay);
    expect(await jwks(tenant)).toHaveLength(2);
    expect((await tenant.anonymousToken({ session_token })).status).toBe(200);
  });

  it('has no end beyond the years of the clock', async () => {
    const { tenant, rotate } = await controlled();
    await tenant.send('POST', '/_anon/clock', { json: { freeze: '9999-12-31T12:00Z' } });
    expect((await rotate()).keys[2]?.ends_at).toBeNull();
  });

  it('has the lifetimes of before, too: a setting that was shortened, an API and an application that were deleted', async () => {
    const { tenant, rotate } = await controlled({ ...jwt, api: { token_lifetime: 2_000_000 } });
    const manage = await tenant.management();
    const api = `/api/v2/resource-servers/${tenant.api.id}`;
    const ends = async () => (Date.parse(`${(await rotate()).keys[2]?.ends_at}`) - tenant.clock()) / 1000;
    await manage('PATCH', '/api/v2/tenants/settings', { json: { anonymous_session_token_format: 'jwe' } });
    expect(await ends()).toBe(2_592_000);
    await manage('PATCH', api, { json: { token_lifetime: 60 } });
    expect(await ends()).toBe(2_000_000);
    // No token of the newest key had any of these.
    expect(await ends()).toBe(aDay);
    await manage('PATCH', api, { json: { token_lifetime: 90_000 } });
    await manage('DELETE', api);
    expect(await ends()).toBe(90_000);
    const app = `/api/v2/clients/${tenant.app.client_id}`;
    await manage('PATCH', app, { json: { jwt_configuration: { lifetime_in_seconds: 100_000 } } });
    await manage('DELETE', app);
    expect(await ends()).toBe(100_000);
  });

  it('verifies its tokens everywhere until it is revoked', async () => {
    const { tenant, keys, rotate } = await controlled(jwt);
    const [{ session_token }, manage] = [await tenant.session(), await tenant.management()];
    const renewed = () => tenant.anonymousToken({ session_token });
    await rotate();
    await rotate();
    expect([(await renewed()).status, (await manage('GET', '/api/v2/clients')).status]).toEqual([200, 200]);
    expect(kidIn(session_token)).toBe(testKeys.signing.kid);
    expect(await keys('DELETE', `/${testKeys.signing.kid}`)).toMatchObject({ status: 200, keys: { length: 3 } });
    expect(await jwks(tenant)).toHaveLength(2);
    expect(await renewed()).toMatchObject({ status: 400, body: { error: 'invalid_session_token' } });
    expect((await manage('GET', '/api/v2/clients')).status).toBe(401);
  });
});

describe('a rotated session key', () => {
  it('opens its tokens until it is revoked', async () => {
    const { tenant, keys, rotate } = await controlled();
    const { session_token } = await tenant.session();
    const [, before] = (await keys()).keys;
    await rotate('session');
    const [, current, previous] = (await rotate('session')).keys;
    expect(current?.kid).not.toBe(before?.kid);
    const renew = () => tenant.anonymousToken({ session_token });
    const renewed = await renew();
    expect(renewed.status).toBe(200);
    tenant.clock.forward(20 * aDay);
    expect((await renew()).status).toBe(200);
    await keys('DELETE', `/${before?.kid}`);
    expect(await renew()).toMatchObject({ status: 400, body: { error: 'invalid_session_token' } });
    // The newer ones stay.
    expect((await tenant.anonymousToken({ session_token: renewed.body.session_token })).status).toBe(200);
    expect((await keys('DELETE', `/${previous?.kid}`)).keys).toHaveLength(2);
  });
});

describe('what users got from a login', () => {
  it('stays valid after both keys were rotated, until they are revoked', async () => {
    const tenant = await loginTenant({ keys: keyMaker(), control: { token: undefined } });
    const before = await tenant.tokens();
    for (const rotate of ['signing', 'session'] as const)
      await tenant.send('POST', '/_anon/keys', { json: { rotate } });
    const userinfo = () =>
      tenant.send('GET', '/userinfo', { headers: { authorization: `Bearer ${before.access_token}` } });
    const logout = () =>
      tenant
        .browser()
        .visit(`/oidc/logout?${formOf({ id_token_hint: before.id_token, post_logout_redirect_uri: loggedOut })}`);
    const refreshed = await tenant.token({
      ...{ grant_type: 'refresh_token', client_id: tenant.app.client_id, refresh_token: before.refresh_token },
    });
    expect([refreshed.status, (await userinfo()).status, (await logout()).status]).toEqual([200, 200, 302]);

    const { body } = await tenant.send('GET', '/_anon/keys');
    for (const { kid } of body.keys.slice(2)) await tenant.send('DELETE', `/_anon/keys/${kid}`);
    const { refresh_token } = before;
    const again = await tenant.token({ grant_type: 'refresh_token', client_id: tenant.app.client_id, refresh_token });
    expect([again.status, (await userinfo()).status, (await logout()).status]).toEqual([403, 401, 400]);
  });
});

describe('the control endpoint for keys', () => {
  it('revokes no current key, and reports an unknown one', async () => {
    const { keys } = await controlled();
    for (const { kid } of (await keys()).keys) {
      expect(await keys('DELETE', `/${kid}`)).toMatchObject({
        status: 409,
        body: { error_description: 'This is the current key. Rotate it first.' },
      });
    }
    expect(await keys('DELETE', '/unknown')).toMatchObject({ status: 404, body: { error: 'not_found' } });
    expect((await keys()).keys).toHaveLength(2);
  });

  it.each([{}, { rotate: 'all' }, { rotate: true }, { rotate: 'signing', more: 1 }])('refuses %j', async (json) => {
    const { keys } = await controlled();
    expect(await keys('POST', '', json)).toMatchObject({
      status: 400,
      body: { error_description: 'The body must be {"rotate": "signing"} or {"rotate": "session"}.' },
    });
  });
});
