import { AuthClient } from '@auth0/auth0-auth-js';
import { Management, type ManagementClient } from 'auth0';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { homeAfter, run } from '../support/bin.ts';
import { jsonOf, overHttp, serve } from '../support/local-server.ts';
import { guestOf, refusalOf, servedForSdks } from '../support/sdk.ts';

const audience = 'https://api.shop.example';

describe('the official Management SDK, unmodified', () => {
  it('reads and changes the tenant settings, and a command sees the change', async () => {
    const { home, client } = await servedForSdks();
    expect(await client.tenants.settings.get()).toMatchObject({ anonymous_session_lifetime: 2_592_000 });
    const change = { anonymous_session_lifetime: 86_400 } as object;
    expect(await client.tenants.settings.update(change)).toMatchObject(change);
    expect(await jsonOf(home, ['tenant', 'show'])).toMatchObject({ session_lifetime: 86_400 });
  });

  it('lists, creates, reads, changes and deletes applications', async () => {
    const { client } = await servedForSdks();
    const made = await client.clients.create({ name: 'kiosk', app_type: 'native', token_endpoint_auth_method: 'none' });
    const clientId = made.client_id ?? '';
    const names: (string | undefined)[] = [];
    for await (const { name } of await client.clients.list({ is_global: false })) names.push(name);
    expect(names).toEqual(['web', 'kiosk']);
    const enabled = await client.clients.update(clientId, { can_create_anonymous_sessions: true } as object);
    expect(enabled).toMatchObject({ name: 'kiosk', can_create_anonymous_sessions: true });
    expect(await client.clients.get(clientId)).toMatchObject({ name: 'kiosk', app_type: 'native' });
    await client.clients.delete(clientId);
    expect(await refusalOf(client.clients.get(clientId))).toMatchObject({ statusCode: 404 });
  });

  it('lists, creates, reads, changes and deletes APIs, by id and by identifier', async () => {
    const { client } = await servedForSdks();
    const identifier = 'https://api.news.example';
    const made = await client.resourceServers.create({
      identifier,
      name: 'news',
      scopes: [{ value: 'read:articles' }],
    });
    const open = { allow_anonymous_access: true, anonymous_access_scopes: ['read:articles'] };
    expect(await client.resourceServers.update(identifier, open as object)).toMatchObject(open);
    expect(await client.resourceServers.get(made.id ?? '')).toMatchObject({ identifier, ...open });
    const names: (string | undefined)[] = [];
    for await (const { name } of await client.resourceServers.list()) names.push(name);
    expect(names).toEqual(['Auth0 Management API', 'shop', 'news']);
    await client.resourceServers.delete(identifier);
    expect(await refusalOf(client.resourceServers.get(identifier))).toMatchObject({ statusCode: 404 });
  });

  it('creates, finds, changes and deletes users, and commands see them', async () => {
    const { home, client } = await servedForSdks();
    const connection = 'Username-Password-Authentication';
    const password = 'Correct-horse1';
    const { user_id: id = '' } = await client.users.create({ connection, password, email: 'Jane@Example.com' });
    expect(id).toMatch(/^auth0\|[0-9a-f]{24}$/);
    await client.users.create({ connection, password, email: 'joe@example.com', user_metadata: { language: 'de' } });
    expect(await refusalOf(client.users.create({ connection, password, email: 'joe@example.com' }))).toMatchObject({
      statusCode: 409,
    });
    expect(await client.users.listUsersByEmail({ email: 'jane@example.com' })).toMatchObject([{ user_id: id }]);
    const emails: (string | undefined)[] = [];
    for await (const { email } of await client.users.list({ per_page: 1, sort: 'email:-1' })) emails.push(email);
    expect(emails).toEqual(['joe@example.com', 'jane@example.com']);
    for await (const found of await client.users.list({ q: 'email:"jane@example.com"', search_engine: 'v3' })) {
      expect(found).toMatchObject({ user_id: id });
    }
    await client.users.update(id, { user_metadata: { cart: 3 }, name: 'Jane' });
    expect(await jsonOf(home, ['local', 'user', 'show', id])).toMatchObject({
      name: 'Jane',
      user_metadata: { cart: 3 },
    });
    await client.users.delete(id);
    expect(await refusalOf(client.users.get(id))).toMatchObject({ statusCode: 404 });
    expect(await jsonOf(home, ['local', 'user', 'list'])).toMatchObject([{ email: 'joe@example.com' }]);
  });

  it.each([
    [
      400,
      Management.BadRequestError,
      (client: ManagementClient) => client.clients.create({ name: 'x', no_such_member: 1 } as never),
    ],
    [404, Management.NotFoundError, (client: ManagementClient) => client.clients.get('nobody')],
    [
      409,
      Management.ConflictError,
      (client: ManagementClient) => client.resourceServers.create({ identifier: audience }),
    ],
    [403, Management.ForbiddenError, (client: ManagementClient) => client.connections.list()],
  ])('turns a refusal with %i into its own error', async (statusCode, type, call) => {
    const { client } = await servedForSdks();
    const refusal = await refusalOf(Promise.resolve(call(client)));
    expect(refusal).toBeInstanceOf(type);
    expect(refusal).toMatchObject({ statusCode, body: { statusCode, message: expect.any(String) } });
  });
});

describe('the official Authentication SDK, unmodified', () => {
  async function authClient() {
    const home = await homeAfter(['quickstart']);
    const { port, url } = await serve(home);
    const { client_id: clientId } = await jsonOf<{ client_id: string }>(home, ['app', 'show', 'web']);
    return {
      home,
      url,
      port,
      client: new AuthClient({ domain: `localhost:${port}`, clientId, customFetch: overHttp }),
    };
  }

  it('creates a session whose access token verifies with the keys that the tenant serves', async () => {
    const { client, url, port } = await authClient();
    const session = await client.anonymous.createSession({
      audience,
      scope: 'read:catalog',
      metadata: { language: 'en' },
    });
    const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(session.accessToken, keys, { issuer: `https://localhost:${port}/`, audience });
    expect(payload).toMatchObject({ scope: 'read:catalog', sub: expect.stringMatching(/^anon\|/) });
  });

  it('renews the access token of a session, for the same guest, and a command updates that session', async () => {
    const { client, home } = await authClient();
    const { sessionToken = '', accessToken } = await client.anonymous.createSession({ audience });
    const renewed = await client.anonymous.getAccessToken({ audience, sessionToken });
    expect(guestOf(renewed.accessToken)).toBe(guestOf(accessToken));
    const update = ['token', 'update', '--session-token', sessionToken, '--meta', 'language=en'];
    const updated = await jsonOf<{ access_token: string }>(home, update);
    expect(guestOf(updated.access_token)).toBe(guestOf(accessToken));
  });

  it('turns a closed gate into its own error', async () => {
    const { client, home } = await authClient();
    await run(home, ['app', 'disable', 'web']);
    await expect(client.anonymous.createSession({ audience })).rejects.toMatchObject({
      cause: { error: 'unauthorized_client' },
    });
  });
});
