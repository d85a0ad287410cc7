import { compactDecrypt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { metadataBytes } from '../../../src/wire/metadata.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import {
  type Answer,
  claimsOf,
  confidentialApp,
  guestGrantId,
  openSealed,
  openTenant,
  otherTenantKeys,
  sessionKey,
  type TestTenant,
  verifiedClaims,
} from '../../support/local.ts';

const uuid = /^anon@[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const prefix = 'ANONYMOUS_SESSION_';
const ea = (options: Parameters<typeof openTenant>[0] = {}) => openTenant({ edition: 'ea', ...options });
const sealedIn = (tenant: TestTenant, token: string) => openSealed(tenant.store, token.slice(prefix.length));
const sessionsOf = (anonymous: JsonObject) => ({ settings: { sessions: { anonymous } } });

function expectRefusal({ status, body }: Answer, expected: number, error: string, description?: string): void {
  expect([status, body]).toEqual([expected, { error, error_description: description ?? expect.any(String) }]);
}

describe('creating a guest session in edition ea', () => {
  it("returns a session token, an access token and the session's remaining lifetime", async () => {
    const { status, headers, body } = await (await ea()).anonymousToken();
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      session_token: expect.stringMatching(/^ANONYMOUS_SESSION_[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/),
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'Bearer',
      expires_in: 7200,
      session_expires_in: 2_592_000,
      scope: 'read:catalog write:cart',
    });
  });

  it('signs an access token that the served keys verify, for a guest of this edition', async () => {
    const tenant = await ea();
    const { access_token } = await tenant.session({ scope: 'read:catalog' });
    expect(await verifiedClaims(tenant, access_token)).toEqual({
      iss: 'https://localhost:4400/',
      sub: expect.stringMatching(uuid),
      aud: tenant.api.identifier,
      iat: tenant.clock() / 1000,
      exp: tenant.clock() / 1000 + 7200,
      scope: 'read:catalog',
      azp: tenant.app.client_id,
      jti: expect.any(String),
    });
  });

  it('seals the session, with all its times in seconds', async () => {
    const tenant = await ea();
    const { session_token, access_token } = await tenant.session({ metadata: { cart: 'a', items: 2, open: true } });
    expect(await sealedIn(tenant, session_token)).toEqual({
      iss: 'https://localhost:4400/',
      client_id: tenant.app.client_id,
      user_id: claimsOf(access_token).sub,
      session_id: expect.stringMatching(/^sess_[\w-]{16,}$/),
      created_at: tenant.clock() / 1000,
      metadata: { cart: 'a', items: 2, open: true },
      iat: tenant.clock() / 1000,
      exp: tenant.clock() / 1000 + 2_592_000,
    });
  });

  it.each(['device-7', 7, '', { a: 1 }])('ignores a user_id: %j', async (user_id) => {
    const tenant = await ea();
    const { access_token, session_token } = await tenant.session({ user_id });
    expect(claimsOf(access_token).sub).toMatch(uuid);
    expect(await tenant.anonymousToken({ user_id, session_token })).toMatchObject({ status: 200 });
  });

  it('accepts a lifetime in minutes, and an access token expires with its session', async () => {
    const tenant = await ea(sessionsOf({ lifetime_in_minutes: 10 }));
    expect(await tenant.session()).toMatchObject({ session_expires_in: 600, expires_in: 600 });
  });

  it("uses the API's token lifetime", async () => {
    const tenant = await ea({ api: { token_lifetime_for_anonymous_access_tokens: 90 } });
    expect(await tenant.session()).toMatchObject({ expires_in: 90 });
  });
});

describe('metadata in edition ea', () => {
  it.each([[{ a: { b: 1 } }], [{ a: [] }], [{ a: 'b', c: ['d'] }]])('must be scalars: %j', async (metadata) => {
    expectRefusal(
      await (await ea()).anonymousToken({ metadata }),
      400,
      'invalid_request',
      'metadata values must not be objects or arrays.',
    );
  });

  it('may be 1024 bytes and no more', async () => {
    const tenant = await ea();
    const filled = (bytes: number) => ({ a: 'x'.repeat(bytes - metadataBytes({ a: '' })) });
    expect(await tenant.anonymousToken({ metadata: filled(1024) })).toMatchObject({ status: 200 });
    expectRefusal(
      await tenant.anonymousToken({ metadata: filled(1025) }),
      400,
      'invalid_request',
      'metadata exceeds the maximum allowed size',
    );
  });

  it.each<[string, (token: string) => [JsonObject, Record<string, string>]]>([
    ['in the body', (token) => [{ session_token: token }, {}]],
    ['in the cookie', (token) => [{}, { cookie: `auth0_anon=${token}` }]],
  ])('can only be set once: refused with a session token %s', async (_, withToken) => {
    const tenant = await ea();
    const { session_token } = await tenant.session({ metadata: { a: 'b' } });
    const [members, headers] = withToken(session_token);
    for (const metadata of [{ a: 'c' }, {}]) {
      expectRefusal(
        await tenant.anonymousToken({ ...members, metadata }, headers),
        400,
        'invalid_request',
        'metadata cannot be provided when session_token is present',
      );
    }
  });
});

describe('renewing a guest session in edition ea', () => {
  it('returns an access token for the same guest, no session token, and does not extend the session', async () => {
    const tenant = await ea(sessionsOf({ lifetime_in_minutes: 180 }));
    const { session_token, access_token } = await tenant.session();
    tenant.clock.forward(3600);
    const { status, headers, body } = await tenant.anonymousToken({ session_token, scope: 'read:catalog' });
    expect(status).toBe(200);
    expect(headers.get('set-cookie')).toBeNull();
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 7200,
      session_expires_in: 7200,
    });
    const now = tenant.clock() / 1000;
    expect(claimsOf(body.access_token)).toMatchObject({
      sub: claimsOf(access_token).sub,
      iat: now,
      exp: now + 7200,
      scope: 'read:catalog',
    });
    tenant.clock.forward(7199);
    const last = await tenant.anonymousToken({ session_token });
    expect(last.body).toMatchObject({ expires_in: 1, session_expires_in: 1 });
    tenant.clock.forward(1);
    expectRefusal(await tenant.anonymousToken({ session_token }), 400, 'session_expired');
  });

  it.each<[string, (token: string) => string]>([
    ['without its prefix', (token) => token.slice(prefix.length)],
    [
      'with a character changed',
      (token) => `${token.slice(0, -3)}${token.at(-3) === 'A' ? 'B' : 'A'}${token.slice(-2)}`,
    ],
    ['that is none', () => 'ANONYMOUS_SESSION_'],
    ['that is empty', () => ''],
  ])('is refused with a session token %s', async (_, made) => {
    const tenant = await ea();
    const { session_token } = await tenant.session();
    expectRefusal(await tenant.anonymousToken({ session_token: made(session_token) }), 400, 'invalid_session_token');
  });

  it("is refused with another application's session token, and another tenant's", async () => {
    const tenant = await ea();
    const server = await confidentialApp(tenant);
    await tenant.grantGuests(server.client_id);
    const { client_id, client_secret } = server;
    const { session_token } = await tenant.session();
    const answer = await tenant.anonymousToken({ client_id, client_secret, session_token });
    expectRefusal(answer, 400, 'invalid_session_token');
    const there = await ea({ keys: async () => otherTenantKeys });
    expectRefusal(await there.anonymousToken({ session_token }), 400, 'invalid_session_token');
  });
});

describe("a guest's cookie", () => {
  const cookiesOf = (answer: Answer) => answer.headers.getSetCookie();
  const withCookie = (token: string) => ({ cookie: `theme=dark; auth0_anon=${token}; auth0_anon=later` });

  it('is set with a new session, for its remaining lifetime', async () => {
    const answer = await (await ea(sessionsOf({ lifetime_in_minutes: 60 }))).anonymousToken();
    expect(cookiesOf(answer)).toEqual([
      `auth0_anon=${answer.body.session_token}; HttpOnly; Secure; SameSite=None; Path=/; Max-Age=3600`,
      `auth0_anon_compat=${answer.body.session_token}; HttpOnly; Secure; Path=/; Max-Age=3600`,
    ]);
  });

  it('turns a creation into a renewal, and takes precedence over the session token in the body', async () => {
    const tenant = await ea();
    const [first, second] = [await tenant.session(), await tenant.session()];
    for (const members of [{}, { session_token: second.session_token }, { session_token: 'not one' }]) {
      const { status, body } = await tenant.anonymousToken(members, withCookie(first.session_token));
      expect(status).toBe(200);
      expect(body).not.toHaveProperty('session_token');
      expect(claimsOf(body.access_token).sub).toBe(claimsOf(first.access_token).sub);
    }
  });

  it('has a twin, which counts only without it', async () => {
    const tenant = await ea();
    const [first, second] = [await tenant.session(), await tenant.session()];
    const subOf = async (cookie: string) =>
      claimsOf((await tenant.anonymousToken({}, { cookie })).body.access_token).sub;
    const twin = `auth0_anon_compat=${second.session_token}`;
    expect(await subOf(twin)).toBe(claimsOf(second.access_token).sub);
    expect(await subOf(`${twin}; auth0_anon=${first.session_token}`)).toBe(claimsOf(first.access_token).sub);
  });

  it('is ignored without a valid session of the application', async () => {
    const tenant = await ea(sessionsOf({ lifetime_in_minutes: 1 }));
    const { client_id, client_secret } = await confidentialApp(tenant);
    await tenant.grantGuests(client_id);
    const { session_token } = await tenant.session();
    const made = async (members: JsonObject, token: string) => {
      const { status, body } = await tenant.anonymousToken({ metadata: {}, ...members }, withCookie(token));
      return [status, 'session_token' in body];
    };
    expect(await made({}, 'nonsense')).toEqual([200, true]);
    expect(await made({ client_id, client_secret }, session_token)).toEqual([200, true]);
    tenant.clock.forward(60);
    expect(await made({}, session_token)).toEqual([200, true]);
    const answer = await tenant.anonymousToken({ session_token }, withCookie(session_token));
    expectRefusal(answer, 400, 'session_expired');
  });

  it('is neither set nor read while it is disabled', async () => {
    const tenant = await ea(sessionsOf({ activate_cookie: false }));
    const answer = await tenant.anonymousToken();
    expect(cookiesOf(answer)).toEqual([]);
    const again = await tenant.anonymousToken({}, withCookie(answer.body.session_token));
    expect(again.body.session_token).toMatch(prefix);
  });

  it('is unknown to edition preview', async () => {
    const tenant = await openTenant();
    const answer = await tenant.anonymousToken();
    expect(cookiesOf(answer)).toEqual([]);
    const again = await tenant.anonymousToken({}, withCookie(answer.body.session_token));
    expect(claimsOf(again.body.access_token).sub).not.toBe(claimsOf(answer.body.access_token).sub);
  });
});

describe('the gates in edition ea', () => {
  const policies = (anonymous: JsonObject | undefined) => ({
    api: {
      subject_type_authorization: { user: { policy: 'allow_all' }, ...(anonymous && { anonymous_user: anonymous }) },
    },
  });

  it.each<[string, number, string, Parameters<typeof openTenant>[0]]>([
    ['the tenant', 403, 'feature_not_enabled', { settings: { flags: { anonymous_sessions_enabled: false } } }],
    ['the application', 403, 'unauthorized_client', { app: { anonymous_sessions: { active: false } } }],
    ['an application that says nothing', 403, 'unauthorized_client', { app: { anonymous_sessions: undefined } }],
    ['the policy of the API', 400, 'invalid_target', policies({ policy: 'deny_all' })],
    ['an API that says nothing', 400, 'invalid_target', policies(undefined)],
    [
      'an API that says it in the other way',
      400,
      'invalid_target',
      {
        api: { allow_anonymous_access: true, subject_type_authorization: {} },
      },
    ],
  ])('are closed by %s: %i %s', async (_, status, error, closed) => {
    expectRefusal(await (await ea(closed)).anonymousToken(), status, error);
  });

  it('are closed without a grant for guests, whatever else the application is granted', async () => {
    const tenant = await ea();
    await tenant.change('client_grant', guestGrantId, { subject_type: 'user' });
    await tenant.grantGuests('another application');
    await tenant.grantGuests(tenant.app.client_id, { id: 'cgr_other', audience: 'https://api.news.example' });
    expectRefusal(await tenant.anonymousToken(), 400, 'invalid_target');
    await tenant.grantGuests(tenant.app.client_id);
    expect(await tenant.anonymousToken()).toMatchObject({ status: 200 });
  });

  it('ignore the members of the other edition', async () => {
    const tenant = await ea({ api: { allow_anonymous_access: false } });
    expect(await tenant.anonymousToken()).toMatchObject({ status: 200 });
  });

  it.each<[JsonObject, string | undefined, string | undefined]>([
    [{ scope: ['read:catalog', 'write:cart'] }, undefined, 'read:catalog write:cart'],
    [{ scope: ['read:catalog', 'write:cart'] }, 'write:cart', 'write:cart'],
    [{ scope: ['read:catalog'] }, 'anon', undefined],
    [{ scope: [] }, undefined, undefined],
    [{ scope: ['read:catalog', 'gone'] }, undefined, 'read:catalog'],
    [{ scope: undefined, allow_all_scopes: true }, undefined, 'read:catalog write:cart read:orders write:orders'],
    [{ scope: undefined, allow_all_scopes: true }, 'write:orders', 'write:orders'],
  ])('give the scopes of %j out of a grant %j: %s', async (grant, scope, granted) => {
    const tenant = await ea();
    await tenant.change('client_grant', guestGrantId, grant);
    expect(claimsOf((await tenant.session({ scope })).access_token).scope).toBe(granted);
  });

  it.each([
    [{ scope: ['read:catalog'] }, 'read:catalog write:cart'],
    [{ scope: ['gone'] }, 'gone'],
    [{ scope: undefined, allow_all_scopes: true }, 'nothing'],
  ])('give nothing when a grant %j lacks one of %j', async (grant, scope) => {
    const tenant = await ea();
    await tenant.change('client_grant', guestGrantId, grant);
    expectRefusal(await tenant.anonymousToken({ scope }), 400, 'invalid_scope');
  });

  it('apply every change of a grant at once', async () => {
    const tenant = await ea();
    const manage = await tenant.management();
    const one = `/api/v2/client-grants/${guestGrantId}`;
    const granted = async () => claimsOf((await tenant.session()).access_token).scope;
    expect(await granted()).toBe('read:catalog write:cart');
    await manage('PATCH', one, { json: { scope: ['read:orders'] } });
    expect(await granted()).toBe('read:orders');
    await manage('DELETE', one);
    expectRefusal(await tenant.anonymousToken(), 400, 'invalid_target');
  });

  it('are opened and closed through the Management API alone', async () => {
    const { app, api, ...tenant } = await openTenant({ edition: 'ea', app: { anonymous_sessions: undefined } });
    const manage = await tenant.management();
    const policy = (name: string) => ({ subject_type_authorization: { anonymous_user: { policy: name } } });
    const server = `/api/v2/resource-servers/${encodeURIComponent(api.identifier)}`;
    await manage('PATCH', `/api/v2/clients/${app.client_id}`, { json: { anonymous_sessions: { active: true } } });
    expect(await tenant.anonymousToken()).toMatchObject({ status: 200 });
    const { body } = await manage('PATCH', server, { json: policy('deny_all') });
    expect(body.subject_type_authorization.anonymous_user).toEqual({ policy: 'deny_all' });
    expectRefusal(await tenant.anonymousToken(), 400, 'invalid_target');
    await manage('PATCH', server, { json: policy('require_client_grant') });
    expect(await tenant.anonymousToken()).toMatchObject({ status: 200 });
    expect(await manage('PATCH', server, { json: policy('allow_all') })).toMatchObject({ status: 400 });
  });
});

describe('a transfer ticket', () => {
  const audience = 'urn:auth0:anon_transfer';

  it.each(['body', 'cookie'])('is sealed and valid for 30 seconds and one use: session in the %s', async (where) => {
    const tenant = await ea();
    const { session_token } = await tenant.session({ metadata: { cart: 'a' } });
    const [members, headers] =
      where === 'body' ? [{ session_token }, {}] : [{}, { cookie: `auth0_anon=${session_token}` }];
    const answer = await tenant.anonymousToken({ audience, ...members }, headers);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(Object.keys(answer.body)).toEqual(['anon_transfer_token']);
    const ticket = answer.body.anon_transfer_token;
    expect(decodeProtectedHeader(ticket)).toEqual({ alg: 'dir', enc: 'A256GCM', typ: 'anon-transfer+jwe' });
    const { plaintext } = await compactDecrypt(ticket, await sessionKey(tenant.store));
    expect(JSON.parse(new TextDecoder().decode(plaintext))).toEqual({
      iss: tenant.issuer,
      client_id: tenant.app.client_id,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      iat: tenant.clock() / 1000,
      exp: tenant.clock() / 1000 + 30,
      session: await sealedIn(tenant, session_token),
    });
    const another = await tenant.anonymousToken({ audience, session_token });
    expect(another.body.anon_transfer_token).not.toBe(ticket);
    const asSession = await tenant.anonymousToken({ session_token: `${prefix}${ticket}` });
    expectRefusal(asSession, 400, 'invalid_session_token');
  });

  it('needs a session, and open gates of tenant and application', async () => {
    const tenant = await ea();
    const { session_token } = await tenant.session();
    expectRefusal(await tenant.anonymousToken({ audience }), 400, 'invalid_request');
    expectRefusal(await tenant.anonymousToken({ audience, session_token: 'x' }), 400, 'invalid_session_token');
    await tenant.change('client', tenant.app.client_id, { anonymous_sessions: { active: false } });
    expectRefusal(await tenant.anonymousToken({ audience, session_token }), 403, 'unauthorized_client');
  });

  it('is an API that does not exist in edition preview', async () => {
    const tenant = await openTenant();
    const { session_token } = await tenant.session();
    expectRefusal(await tenant.anonymousToken({ audience, session_token }), 400, 'invalid_target');
  });
});
