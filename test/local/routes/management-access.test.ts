import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { tenantKeys } from '../../../src/local/tokens/keys.ts';
import { openTenant, type TestTenant, testTenant, withBearer } from '../../support/local.ts';

const clients = '/api/v2/clients';

/** A Management API token signed with the tenant's own key, with its claims changed by `members`. */
async function signedToken(tenant: TestTenant, members: Record<string, unknown> = {}, typ = 'JWT'): Promise<string> {
  const now = tenant.clock() / 1000;
  const { kid, privateKey } = await tenantKeys(tenant.store, tenant.clock());
  const claims = { aud: `${tenant.issuer}api/v2/`, scope: 'read:clients', gty: 'client-credentials', exp: now + 60 };
  return new SignJWT({ ...claims, ...members }).setProtectedHeader({ alg: 'RS256', typ, kid }).sign(privateKey);
}

describe('a Management API call', () => {
  it('is accepted with a token that has its scope', async () => {
    const tenant = await testTenant();
    const token = await signedToken(tenant);
    expect(await withBearer(tenant.send, token)('GET', clients)).toMatchObject({ status: 200 });
  });

  it.each([
    ['nothing', undefined, 401, 'Missing authentication', undefined],
    ['no bearer', 'Basic YTpi', 400, 'Bad HTTP authentication header format', 'Bearer'],
    ['a bearer of one part', 'Bearer abc', 400, 'Bad HTTP authentication header format', 'Bearer'],
    ['a bearer of five parts', 'Bearer a.b.c.d.e', 400, 'Bad HTTP authentication header format', 'Bearer'],
    ['two bearers', 'Bearer a.b.c d.e.f', 400, 'Bad HTTP authentication header format', 'Bearer'],
    [
      'nonsense of three parts',
      'Bearer a.b.c',
      401,
      'Invalid signature received for JSON Web Token validation',
      undefined,
    ],
  ])('with %s as authorization is refused', async (_, authorization, statusCode, message, errorCode) => {
    const tenant = await testTenant();
    const headers = { ...(authorization !== undefined && { authorization }) } as Record<string, string>;
    const answer = await tenant.send('GET', clients, { headers });
    const error = statusCode === 400 ? 'Bad Request' : 'Unauthorized';
    expect(answer.status).toBe(statusCode);
    const attributes = statusCode === 401 && { attributes: { error: message } };
    expect(answer.body).toEqual({ statusCode, error, message, ...(errorCode && { errorCode }), ...attributes });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.has('www-authenticate')).toBe(statusCode === 401);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['for another API', { aud: 'https://api.shop.example' }, 'Bad audience: https://api.shop.example'],
    ['without an audience', { aud: undefined }, 'Bad audience: undefined'],
    ['without an end', { exp: undefined }, 'Expired token received for JSON Web Token validation'],
  ])('with a token %s is refused', async (_, claims, message) => {
    const tenant = await testTenant();
    const token = await signedToken(tenant, claims);
    expect(await withBearer(tenant.send, token)('GET', clients)).toMatchObject({ status: 401, body: { message } });
  });

  it("with a user's token is refused, whatever its scopes", async () => {
    const tenant = await testTenant();
    const token = await signedToken(tenant, { gty: undefined, sub: 'auth0|jane' });
    expect(await withBearer(tenant.send, token)('GET', clients)).toMatchObject({
      status: 403,
      body: { errorCode: 'insufficient_scope' },
    });
  });

  it('with a token of another type is refused', async () => {
    const tenant = await testTenant();
    const token = await signedToken(tenant, {}, 'anon-session+jwt');
    expect(await withBearer(tenant.send, token)('GET', clients)).toMatchObject({
      status: 401,
      body: { message: 'Invalid signature received for JSON Web Token validation' },
    });
  });

  it('with an expired token is refused', async () => {
    const tenant = await testTenant();
    const send = withBearer(tenant.send, await signedToken(tenant));
    tenant.clock.forward(59);
    expect(await send('GET', clients)).toMatchObject({ status: 200 });
    tenant.clock.forward(1);
    expect(await send('GET', clients)).toMatchObject({
      status: 401,
      body: { message: 'Expired token received for JSON Web Token validation' },
    });
  });

  it.each(['jwe', 'jwt'])("with a guest's tokens is refused, session tokens as %s", async (format) => {
    const tenant = await openTenant({ settings: { anonymous_session_token_format: format } });
    const { access_token, session_token } = await tenant.session();
    expect(await withBearer(tenant.send, access_token)('GET', clients)).toMatchObject({
      status: 401,
      body: { message: 'Bad audience: https://api.shop.example' },
    });
    const { status } = await withBearer(tenant.send, session_token)('GET', clients);
    expect(status).toBe(format === 'jwt' ? 401 : 400);
  });

  it.each([
    ['GET', '/api/v2/tenants/settings', 'read:tenant_settings'],
    ['PATCH', '/api/v2/tenants/settings', 'update:tenant_settings'],
    ['GET', clients, 'read:clients,read:client_keys,read:client_credentials,read:client_summary'],
    ['POST', clients, 'create:clients'],
    ['GET', `${clients}/a`, 'read:clients,read:client_keys,read:client_credentials,read:client_summary'],
    ['PATCH', `${clients}/a`, 'update:clients,update:client_keys,update:client_credentials'],
    ['GET', `${clients}/a/credentials`, 'read:client_credentials'],
    ['POST', `${clients}/a/credentials`, 'create:client_credentials'],
    ['GET', `${clients}/a/credentials/b`, 'read:client_credentials'],
    ['DELETE', `${clients}/a/credentials/b`, 'delete:client_credentials'],
    ['DELETE', `${clients}/a`, 'delete:clients'],
    ['GET', '/api/v2/resource-servers', 'read:resource_servers'],
    ['POST', '/api/v2/resource-servers', 'create:resource_servers'],
    ['GET', '/api/v2/resource-servers/a', 'read:resource_servers'],
    ['PATCH', '/api/v2/resource-servers/a', 'update:resource_servers'],
    ['DELETE', '/api/v2/resource-servers/a', 'delete:resource_servers'],
    ['GET', '/api/v2/client-grants', 'read:client_grants'],
    ['POST', '/api/v2/client-grants', 'create:client_grants'],
    ['GET', '/api/v2/client-grants/a', 'read:client_grants'],
    ['PATCH', '/api/v2/client-grants/a', 'update:client_grants'],
    ['DELETE', '/api/v2/client-grants/a', 'delete:client_grants'],
  ])('%s %s needs any of %s', async (method, path, scopes) => {
    const tenant = await testTenant();
    const json = method === 'POST' || method === 'PATCH' ? {} : undefined;
    expect(await tenant.send(method, path, { json })).toMatchObject({ status: 401 });
    const without = await tenant.management('read:users', scopes.replaceAll(/\b(read|create|update|delete):/g, 'x:'));
    expect((await without(method, path, { json })).body).toEqual({
      statusCode: 403,
      error: 'Forbidden',
      message: `Insufficient scope, expected any of: ${scopes}`,
      errorCode: 'insufficient_scope',
    });
    for (const scope of scopes.split(',')) {
      const allowed = await tenant.management(scope);
      expect([200, 204, 400, 404]).toContain((await allowed(method, path, { json })).status);
    }
  });

  it.each([
    ['GET', '/api/v2/rules'],
    ['PUT', '/api/v2/client-grants'],
    ['PUT', '/api/v2/clients'],
    ['PUT', '/api/v2/clients/a/credentials'],
    ['PATCH', '/api/v2/clients/a/credentials/b'],
    ['DELETE', '/api/v2/tenants/settings'],
  ])('%s %s, which is not served, is refused as if the scope were missing', async (method, path) => {
    const tenant = await testTenant();
    const manage = await tenant.management();
    expect(await manage(method, path)).toMatchObject({
      status: 403,
      body: {
        statusCode: 403,
        error: 'Forbidden',
        message: expect.stringMatching(/^Insufficient scope, expected any of: /),
        errorCode: 'insufficient_scope',
      },
    });
  });
});

describe('any other path', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/anonymous/token'],
    ['GET', '/oauth/token'],
    ['GET', '/api/v1/clients'],
  ])('%s %s is not found', async (method, path) => {
    const tenant = await testTenant();
    expect(await tenant.send(method, path)).toMatchObject({ status: 404 });
  });
});

it.each([
  ['GET', '/api/v2/clients', 401],
  ['GET', '/api/v2/rules', 403],
  ['POST', '/oauth/token', 400],
  ['POST', '/anonymous/token', 400],
  ['GET', '/.well-known/jwks.json', 200],
  ['GET', '/nowhere', 404],
])('the response to %s %s has its own request id', async (method, path, status) => {
  const tenant = await testTenant();
  const answers = [await tenant.send(method, path), await tenant.send(method, path)];
  expect(answers.map((answer) => answer.status)).toEqual([status, status]);
  const [first, second] = answers.map(({ headers }) => headers.get('x-auth0-requestid'));
  expect(first).toMatch(/^[0-9a-f]{20}$/);
  expect(second).not.toBe(first);
});

it.each(['/api/v2/clients/search', '/api/v2/resource-servers/search?q=name:shop'])(
  '%s, which only the service has, is not taken for an id',
  async (path) => {
    const manage = await (await testTenant()).management();
    expect(await manage('GET', path)).toMatchObject({ status: 403, body: { errorCode: 'insufficient_scope' } });
    await manage('POST', '/api/v2/resource-servers', { json: { identifier: 'search' } });
    expect((await manage('GET', '/api/v2/resource-servers/search')).body.identifier).toBe('search');
  },
);
