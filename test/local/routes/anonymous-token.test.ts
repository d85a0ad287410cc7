import { describe, expect, it } from 'vitest';
import { metadataBytes } from '../../../src/wire/metadata.ts';
import { basic, claimsOf, confidentialApp, openSealed, openTenant, verifiedClaims } from '../../support/local.ts';

const uuid = /^anon\|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('creating a guest session', () => {
  it('returns a session token and an access token that must not be cached', async () => {
    const tenant = await openTenant();
    const { status, headers, body } = await tenant.anonymousToken();
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toEqual({
      session_token: expect.stringMatching(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/),
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'Bearer',
      expires_in: 86_400,
      scope: 'read:catalog write:cart',
    });
  });

  it('signs an access token that the served keys verify', async () => {
    const tenant = await openTenant();
    const { access_token } = await tenant.session({ scope: 'read:catalog' });
    expect(await verifiedClaims(tenant, access_token)).toEqual({
      iss: 'https://localhost:4400/',
      sub: expect.stringMatching(uuid),
      aud: tenant.api.identifier,
      iat: tenant.clock() / 1000,
      exp: tenant.clock() / 1000 + 86_400,
      scope: 'read:catalog',
      azp: tenant.app.client_id,
      jti: expect.any(String),
    });
  });

  it('seals the session so that only the tenant can read it', async () => {
    const tenant = await openTenant();
    const { session_token, access_token } = await tenant.session({ metadata: { cart: ['a'] } });
    expect(await openSealed(tenant.store, session_token)).toEqual({
      iss: 'https://localhost:4400/',
      client_id: tenant.app.client_id,
      user_id: claimsOf(access_token).sub,
      session_id: expect.stringMatching(/^sess_[\w-]{16,}$/),
      created_at: '2026-06-01T12:00:00.000Z',
      metadata: { cart: ['a'] },
      iat: tenant.clock() / 1000,
      exp: tenant.clock() / 1000 + 2_592_000,
    });
  });

  it('creates another guest each time', async () => {
    const tenant = await openTenant();
    const guests = await Promise.all([1, 2, 3].map(() => tenant.session()));
    expect(new Set(guests.map((guest) => claimsOf(guest.access_token).sub)).size).toBe(3);
    expect(new Set(guests.map((guest) => claimsOf(guest.access_token).jti)).size).toBe(3);
  });

  it("accepts the caller's user_id", async () => {
    const tenant = await openTenant();
    const { session_token, access_token } = await tenant.session({ user_id: 'device-7' });
    expect(claimsOf(access_token).sub).toBe('device-7');
    expect(await openSealed(tenant.store, session_token)).toMatchObject({ user_id: 'device-7' });
  });

  it('leaves null members out of the metadata', async () => {
    const tenant = await openTenant();
    const { session_token } = await tenant.session({ metadata: { a: 1, b: null } });
    expect(await openSealed(tenant.store, session_token)).toMatchObject({ metadata: { a: 1 } });
  });

  it('ignores unknown members', async () => {
    const tenant = await openTenant();
    expect(await tenant.anonymousToken({ organization: 'o', prompt: ['none'] })).toMatchObject({ status: 200 });
  });

  it('accepts a form', async () => {
    const tenant = await openTenant();
    const form = { client_id: tenant.app.client_id, audience: tenant.api.identifier, scope: 'read:catalog' };
    const { status, body } = await tenant.send('POST', '/anonymous/token', { form });
    expect(status).toBe(200);
    expect(claimsOf(body.access_token).scope).toBe('read:catalog');
  });

  it('uses the issuer of another domain when the tenant has one', async () => {
    const tenant = await openTenant({ domain: 'guests.example' });
    const { access_token } = await tenant.session();
    expect(claimsOf(access_token).iss).toBe('https://guests.example/');
  });
});

describe('the lifetime of a session', () => {
  it("is the tenant's", async () => {
    const tenant = await openTenant({ settings: { anonymous_session_lifetime: 100_000 } });
    const { session_token } = await tenant.session();
    expect(await openSealed(tenant.store, session_token)).toMatchObject({ exp: tenant.clock() / 1000 + 100_000 });
  });

  it('is unlimited when the setting is 0', async () => {
    const tenant = await openTenant({ settings: { anonymous_session_lifetime: 0 } });
    const { session_token, expires_in } = await tenant.session();
    expect(await openSealed(tenant.store, session_token)).not.toHaveProperty('exp');
    expect(expires_in).toBe(86_400);
    tenant.clock.forward(100 * 365 * 86_400);
    expect(await tenant.anonymousToken({ session_token })).toMatchObject({ status: 200 });
  });

  it('limits that of the access token', async () => {
    const tenant = await openTenant({ settings: { anonymous_session_lifetime: 60 } });
    const { access_token, expires_in } = await tenant.session();
    expect(expires_in).toBe(60);
    expect(claimsOf(access_token).exp).toBe(tenant.clock() / 1000 + 60);
  });

  it("does not extend the API's token lifetime when that is shorter", async () => {
    const tenant = await openTenant({ api: { token_lifetime_for_anonymous_access: 300 } });
    const { access_token, expires_in } = await tenant.session();
    expect(expires_in).toBe(300);
    expect(claimsOf(access_token).exp).toBe(tenant.clock() / 1000 + 300);
  });

  it.each([
    ['works until its last second', 59, 200],
    ['is over at its end', 60, 400],
    ['stays over', 61, 400],
  ])('%s', async (_, later, status) => {
    const tenant = await openTenant({ settings: { anonymous_session_lifetime: 60 } });
    const { session_token } = await tenant.session();
    tenant.clock.forward(later);
    const answer = await tenant.anonymousToken({ session_token });
    expect(answer).toMatchObject({ status, body: status === 200 ? {} : { error: 'session_expired' } });
  });
});

describe('updating a guest session', () => {
  it('keeps the guest and returns a session token with a full lifetime again', async () => {
    const tenant = await openTenant();
    const before = await tenant.session({ metadata: { a: 1 } });
    tenant.clock.forward(1000);
    const after = await tenant.session({ session_token: before.session_token });
    const [old, now] = await Promise.all([before, after].map((it) => openSealed(tenant.store, it.session_token)));
    expect(after.session_token).not.toBe(before.session_token);
    expect(now).toEqual({ ...old, iat: Number(old?.iat) + 1000, exp: Number(old?.exp) + 1000 });
    expect(claimsOf(after.access_token).sub).toBe(claimsOf(before.access_token).sub);
    expect(claimsOf(after.access_token).jti).not.toBe(claimsOf(before.access_token).jti);
  });

  it('accepts the old session token again: nothing is revoked', async () => {
    const tenant = await openTenant();
    const { session_token } = await tenant.session();
    await tenant.session({ session_token });
    expect(await tenant.anonymousToken({ session_token })).toMatchObject({ status: 200 });
  });

  it('does not save audience and scope, which must be sent again', async () => {
    const tenant = await openTenant();
    const { session_token } = await tenant.session({ scope: 'read:catalog' });
    expect(await tenant.session({ session_token })).toMatchObject({ scope: 'read:catalog write:cart' });
    expect(await tenant.anonymousToken({ session_token, audience: '' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_target' },
    });
  });

  it.each([
    ['adds a member', { b: 2 }, { a: 1, n: { x: 1, y: 2 }, b: 2 }],
    ['replaces a member', { a: [] }, { a: [], n: { x: 1, y: 2 } }],
    ['removes a member by null', { a: null }, { n: { x: 1, y: 2 } }],
    ['replaces a nested object whole', { n: { z: 3 } }, { a: 1, n: { z: 3 } }],
    ['changes nothing when it is empty', {}, { a: 1, n: { x: 1, y: 2 } }],
    ['changes nothing when it is left out', undefined, { a: 1, n: { x: 1, y: 2 } }],
  ])('metadata %s', async (_, metadata, expected) => {
    const tenant = await openTenant();
    const before = await tenant.session({ metadata: { a: 1, n: { x: 1, y: 2 } } });
    const { session_token } = await tenant.session({ session_token: before.session_token, metadata });
    expect(await openSealed(tenant.store, session_token)).toMatchObject({ metadata: expected });
    expect(Object.keys((await openSealed(tenant.store, session_token)).metadata as object)).toEqual(
      Object.keys(expected),
    );
  });
});

describe('the size of metadata', () => {
  /** Metadata of exactly `bytes` bytes, most of them in two-byte characters. */
  const sized = (bytes: number, key = 'a') => ({ [key]: 'é'.repeat((bytes - 8) >> 1) + (bytes % 2 ? 'x' : '') });
  const tooLarge = {
    status: 400,
    body: { error: 'invalid_request', error_description: 'metadata exceeds the maximum allowed size' },
  };

  it('may be 1024 bytes of UTF-8 and no more', async () => {
    const tenant = await openTenant();
    expect([1024, 1025].map((bytes) => metadataBytes(sized(bytes)))).toEqual([1024, 1025]);
    expect(await tenant.anonymousToken({ metadata: sized(1024) })).toMatchObject({ status: 200 });
    expect(await tenant.anonymousToken({ metadata: sized(1025) })).toMatchObject(tooLarge);
  });

  it('counts sent and saved members together', async () => {
    const tenant = await openTenant();
    const { session_token } = await tenant.session({ metadata: sized(1000) });
    // {"a":"…","b":"…"}: the braces are shared and a comma is added.
    const atTheEdge = { session_token, metadata: { b: 'x'.repeat(17) } };
    const oneOver = { session_token, metadata: { b: 'x'.repeat(18) } };
    expect(metadataBytes({ ...sized(1000), ...atTheEdge.metadata })).toBe(1024);
    expect(await tenant.anonymousToken(atTheEdge)).toMatchObject({ status: 200 });
    expect(await tenant.anonymousToken(oneOver)).toMatchObject(tooLarge);
  });

  it('counts everything sent, even what is not saved', async () => {
    const tenant = await openTenant();
    expect(await tenant.anonymousToken({ metadata: { [`k${'e'.repeat(1100)}`]: null } })).toMatchObject(tooLarge);
  });

  it('counts a key that the update removes no more', async () => {
    const tenant = await openTenant();
    const { session_token } = await tenant.session({ metadata: sized(1000) });
    const update = { session_token, metadata: { ...sized(1000, 'b'), a: null } };
    expect(await tenant.anonymousToken(update)).toMatchObject({ status: 200 });
  });

  it.each([500, 5000, 100_000])('is refused with objects nested %i levels deep', async (depth) => {
    const tenant = await openTenant();
    const { client_id } = tenant.app;
    const metadata = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const text = `{"client_id":"${client_id}","audience":"${tenant.api.identifier}","metadata":${metadata}}`;
    expect(await tenant.send('POST', '/anonymous/token', { text })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });
});

describe('the scope of a guest', () => {
  it.each([
    ['all that guests may have when it is left out', undefined, 'read:catalog write:cart', 'read:catalog write:cart'],
    ['just what is asked', 'write:cart', 'write:cart', undefined],
    ['what is asked, in that order', 'write:cart read:catalog', 'write:cart read:catalog', undefined],
    ['nothing for "anon" alone', 'anon', undefined, ''],
    ['the others beside "anon"', 'anon read:catalog', 'read:catalog', 'read:catalog'],
    ['each once', 'read:catalog read:catalog', 'read:catalog', 'read:catalog'],
    ['nothing when nothing is asked', '', undefined, undefined],
  ])('is %s', async (_, asked, claimed, answered) => {
    const tenant = await openTenant();
    const { access_token, scope } = await tenant.session({ scope: asked });
    expect(claimsOf(access_token).scope).toBe(claimed);
    expect(scope).toBe(answered);
  });

  it.each([
    ['that the API defines and guests may not have', 'read:orders'],
    ['that the API does not define', 'fly:moon'],
    ['that guests may not have, among others', 'read:catalog read:orders'],
    ['in other letters', 'READ:CATALOG'],
  ])('is refused %s', async (_, scope) => {
    const tenant = await openTenant();
    expect(await tenant.anonymousToken({ scope })).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  it('loses what the API no longer defines', async () => {
    const tenant = await openTenant({ api: { scopes: [{ value: 'read:catalog' }] } });
    expect(await tenant.session()).toMatchObject({ scope: 'read:catalog' });
    expect(await tenant.anonymousToken({ scope: 'write:cart' })).toMatchObject({ body: { error: 'invalid_scope' } });
  });
});

describe('the audience of a guest', () => {
  it("is the tenant's default when none is requested", async () => {
    const tenant = await openTenant({ settings: { default_audience: 'https://api.shop.example' } });
    const { access_token } = await tenant.session({ audience: undefined });
    expect(claimsOf(access_token).aud).toBe('https://api.shop.example');
  });

  it.each([
    ['is left out and the tenant has no default', {}, {}, undefined],
    ['is unknown', {}, {}, 'https://nobody.example'],
    ['is the default and unknown', { default_audience: 'https://nobody.example' }, {}, undefined],
    ['is closed to guests', {}, { allow_anonymous_access: false }, 'https://api.shop.example'],
    ['is the Management API', {}, {}, 'https://localhost:4400/api/v2/'],
  ])('is refused when it %s', async (_, settings, api, audience) => {
    const tenant = await openTenant({ settings, api });
    expect(await tenant.anonymousToken({ audience })).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
  });
});

describe('a confidential application', () => {
  it.each([
    ['its secret in the body', undefined, 'post'],
    ['its secret in the header', undefined, 'basic'],
    ['its secret in the body, as registered', 'client_secret_post', 'post'],
    ['its secret in the header, as registered', 'client_secret_basic', 'basic'],
    ['its secret in the header, although registered for the body', 'client_secret_post', 'basic'],
    ['its secret in the body, although registered for the header', 'client_secret_basic', 'post'],
  ])('gets a session with %s', async (_, token_endpoint_auth_method, way) => {
    const tenant = await openTenant();
    const { client_id, client_secret } = await confidentialApp(tenant, { token_endpoint_auth_method });
    const answer =
      way === 'basic'
        ? await tenant.anonymousToken({ client_id: undefined }, basic(client_id, client_secret))
        : await tenant.anonymousToken({ client_id, client_secret });
    expect(answer.status).toBe(200);
    expect(claimsOf(answer.body.access_token).azp).toBe(client_id);
  });

  it('may have its client id in the body as well as in the header', async () => {
    const tenant = await openTenant();
    const { client_id, client_secret } = await confidentialApp(tenant);
    expect(await tenant.anonymousToken({ client_id }, basic(client_id, client_secret))).toMatchObject({ status: 200 });
  });
});
