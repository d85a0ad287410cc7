import { describe, expect, it } from 'vitest';
import { pushRequest, takePushedRequest } from '../../../src/local/login/pushed-request.ts';
import { editionNames } from '../../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { basic, confidentialApp, withBearer } from '../../support/local.ts';
import { jane, type LoginTenant, loginTenant } from '../../support/login.ts';

async function accessToken(tenant: LoginTenant, authorization: Parameters<LoginTenant['code']>[0] = {}) {
  return (await tenant.redeem({}, authorization)).body.access_token as string;
}

async function otherApp(tenant: LoginTenant): Promise<string> {
  const json = { name: 'other', token_endpoint_auth_method: 'none' };
  return (await (await tenant.management())('POST', '/api/v2/clients', { json })).body.client_id;
}

describe.each(editionNames)('/userinfo, edition %s', (edition) => {
  it.each(['GET', 'POST'])('answers %s with the claims of the granted scopes', async (method) => {
    const tenant = await loginTenant({ edition });
    const send = withBearer(tenant.send, await accessToken(tenant));
    const { status, body, headers } = await send(method, '/userinfo');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      sub: jane.user_id,
      name: jane.name,
      given_name: jane.given_name,
      nickname: jane.nickname,
      updated_at: jane.updated_at,
      email: jane.email,
      email_verified: true,
    });
  });

  it.each<[string, (token: string) => Parameters<LoginTenant['send']>]>([
    ['the query', (token) => ['GET', `/userinfo?access_token=${token}`]],
    ['the form of a POST', (access_token) => ['POST', '/userinfo', { form: { access_token } }]],
  ])('takes a token in %s', async (_, requestWith) => {
    const tenant = await loginTenant({ edition });
    const answer = await tenant.send(...requestWith(await accessToken(tenant)));
    expect(answer).toMatchObject({ status: 200, body: { sub: jane.user_id } });
    // What has a token in its address must not be saved. @see RFC 6750, section 2.3
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it("refuses a guest's tokens", async () => {
    const tenant = await loginTenant({ edition });
    const { access_token, session_token } = await tenant.session();
    for (const token of [access_token, session_token]) {
      expect((await withBearer(tenant.send, token)('GET', '/userinfo')).status).toBe(401);
    }
  });
});

describe('/userinfo', () => {
  it.each([
    [['openid'], { sub: jane.user_id }],
    [['openid', 'email'], { sub: jane.user_id, email: jane.email, email_verified: true }],
    [['email'], {}],
  ])('shows for %j: %j', async (scope, expected) => {
    const tenant = await loginTenant();
    const token = await accessToken(tenant, { authorization: { scope } });
    expect(await withBearer(tenant.send, token)('GET', '/userinfo')).toMatchObject({ status: 200, body: expected });
  });

  it('takes the JWT of an API that was issued with openid', async () => {
    const tenant = await loginTenant();
    const authorization = { audience: tenant.api.identifier, scope: ['openid', 'read:catalog'] };
    const token = await accessToken(tenant, { authorization });
    const answer = await withBearer(tenant.send, token)('GET', '/userinfo');
    expect(answer).toMatchObject({ status: 200, body: { sub: jane.user_id } });
  });

  it('shows the user as saved now, and the claims of Actions', async () => {
    const tenant = await loginTenant();
    const claims = { idToken: { 'https://shop.example/plan': 'gold', sub: 'auth0|eve' }, accessToken: { a: 1 } };
    const token = await accessToken(tenant, { authorization: { claims } });
    await tenant.change('user', jane.user_id, { name: 'Jane Roe' });
    const { body } = await withBearer(tenant.send, token)('GET', '/userinfo');
    expect(body).toMatchObject({ sub: jane.user_id, name: 'Jane Roe', 'https://shop.example/plan': 'gold' });
    expect(body).not.toHaveProperty('a');
  });

  const tokens: [string, (tenant: LoginTenant) => Promise<string>][] = [
    ['an unknown text', async () => 'nobody'],
    ['an ID token', async (tenant) => (await tenant.redeem()).body.id_token],
    ['a refresh token', (tenant) => tenant.refreshToken()],
    ['a changed opaque token', async (tenant) => `${(await accessToken(tenant)).slice(0, -3)}AAA`],
    [
      'a JWT without openid',
      (tenant) => accessToken(tenant, { authorization: { audience: tenant.api.identifier, scope: ['read:catalog'] } }),
    ],
    ['a token of an application itself', managementToken],
    [
      'a token of a user who was deleted',
      async (tenant) => {
        const token = await accessToken(tenant);
        await tenant.store.write((writer) => writer.remove('user', jane.user_id));
        return token;
      },
    ],
    [
      'a token of a user who was blocked',
      async (tenant) => {
        const token = await accessToken(tenant);
        await tenant.change('user', jane.user_id, { blocked: true });
        return token;
      },
    ],
    [
      'an expired token',
      async (tenant) => {
        const token = await accessToken(tenant);
        tenant.clock.forward(86_400);
        return token;
      },
    ],
    [
      'an expired JWT',
      async (tenant) => {
        const token = await accessToken(tenant, { authorization: { audience: tenant.api.identifier } });
        tenant.clock.forward(86_400);
        return token;
      },
    ],
  ];

  it.each(tokens)('refuses %s', async (_, make) => {
    const tenant = await loginTenant();
    const answer = await withBearer(tenant.send, await make(tenant))('GET', '/userinfo');
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="Users", error="invalid_token", /);
  });

  it.each<[string, Record<string, string>]>([
    ['no header', {}],
    ['HTTP Basic', basic('a', 'b')],
    ['no token', { authorization: 'Bearer' }],
    ['two tokens', { authorization: 'Bearer a b' }],
  ])('asks for a token where the request has %s', async (_, headers) => {
    const answer = await (await loginTenant()).send('GET', '/userinfo', { headers });
    expect(answer.status).toBe(401);
    // Without an error code. @see RFC 6750, section 3.1
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Users"');
  });
});

async function managementToken(tenant: LoginTenant): Promise<string> {
  const { client_id, client_secret } = tenant.admin;
  const audience = `${tenant.issuer}api/v2/`;
  const json = { grant_type: 'client_credentials', client_id, client_secret, audience };
  return (await tenant.send('POST', '/oauth/token', { json })).body.access_token;
}

describe('/oauth/revoke', () => {
  it.each(['json', 'form'] as const)('revokes a refresh token and its family, as %s', async (format) => {
    const tenant = await loginTenant({ app: { refresh_token: { rotation_type: 'rotating' } } });
    const first = await tenant.refreshToken();
    const second = (await tenant.refresh(first)).body.refresh_token;
    const members = { client_id: tenant.app.client_id, token: first };
    const answer = await tenant.send('POST', '/oauth/revoke', { [format]: members });
    expect(answer).toMatchObject({ status: 200, body: {} });
    expect(await tenant.refresh(second)).toMatchObject({ status: 403, body: { error: 'invalid_grant' } });
  });

  it.each<[string, JsonObject]>([
    ['an unknown token', { token: 'nobody' }],
    ['a token with a changed signature', { token: 'v1.a.0.AAAA' }],
    ['an unknown token with a hint', { token: 'nobody', token_type_hint: 'access_token' }],
  ])('answers 200 for %s', async (_, members) => {
    const tenant = await loginTenant();
    const json = { client_id: tenant.app.client_id, ...members };
    expect((await tenant.send('POST', '/oauth/revoke', { json })).status).toBe(200);
  });

  it("leaves another application's token valid", async () => {
    const tenant = await loginTenant();
    const token = await tenant.refreshToken();
    const json = { client_id: await otherApp(tenant), token };
    expect((await tenant.send('POST', '/oauth/revoke', { json })).status).toBe(200);
    expect((await tenant.refresh(token)).status).toBe(200);
  });

  it.each([[undefined], ['https://api.shop.example']])('refuses access tokens, audience %s', async (audience) => {
    const tenant = await loginTenant();
    const token = await accessToken(tenant, { authorization: { audience } });
    const answer = await tenant.send('POST', '/oauth/revoke', { json: { client_id: tenant.app.client_id, token } });
    expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_token_type' } });
  });

  it.each<[string, JsonObject, number, string]>([
    ['without a token', { token: undefined }, 400, 'invalid_request'],
    ['of an unknown application', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['without an application', { client_id: undefined }, 401, 'invalid_client'],
    ['with a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
  ])('refuses a request %s', async (_, members, status, error) => {
    const tenant = await loginTenant();
    const json = { client_id: tenant.app.client_id, token: await tenant.refreshToken(), ...members };
    expect(await tenant.send('POST', '/oauth/revoke', { json })).toMatchObject({ status, body: { error } });
  });

  it('needs the secret of a confidential application', async () => {
    const tenant = await loginTenant();
    const { client_id, client_secret } = await confidentialApp(tenant);
    const post = (members: JsonObject, headers = {}) =>
      tenant.send('POST', '/oauth/revoke', { json: { token: 'x', ...members }, headers });
    expect((await post({ client_id })).status).toBe(401);
    expect((await post({ client_id, client_secret })).status).toBe(200);
    expect((await post({}, basic(client_id, client_secret))).status).toBe(200);
    const refused = await post({}, basic(client_id, 'wrong'));
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="local"']);
  });
});

describe('/oauth/par', () => {
  const parameters = {
    response_type: 'code',
    redirect_uri: 'https://shop.example/callback',
    scope: 'openid',
    state: 's',
  };

  it.each(['json', 'form'] as const)('saves a request for one use, as %s', async (format) => {
    const tenant = await loginTenant();
    const { client_id, client_secret } = await confidentialApp(tenant, { callbacks: [parameters.redirect_uri] });
    const sent = { client_id, client_secret, ...parameters };
    const { status, body, headers } = await tenant.send('POST', '/oauth/par', { [format]: sent });
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/),
      expires_in: 30,
    });
    const take = async (clientId: string) =>
      takePushedRequest(tenant.store, await tenant.moment(), { requestUri: body.request_uri, clientId });
    expect(await take('nobody')).toBeUndefined();
    expect(await take(client_id)).toEqual({ client_id, ...parameters });
    expect(await take(client_id)).toBeUndefined();
  });

  it.each([
    [undefined, 29, true],
    [undefined, 30, false],
    [600, 599, true],
    [600, 600, false],
  ])('with par_request_expiry %s, after %s s: %s', async (par_request_expiry, seconds, isThere) => {
    const tenant = await loginTenant({ app: { par_request_expiry } });
    const { client_id: clientId } = tenant.app;
    const client = (await tenant.store.get('client', clientId)) ?? {};
    const { request_uri: requestUri } = await pushRequest(tenant.scope, await tenant.moment(), client, parameters);
    tenant.clock.forward(seconds);
    const taken = await takePushedRequest(tenant.store, await tenant.moment(), { requestUri, clientId });
    expect(taken !== undefined).toBe(isThere);
  });

  it('forgets what nobody took', async () => {
    const tenant = await loginTenant();
    const form = { client_id: tenant.app.client_id, ...parameters };
    await tenant.send('POST', '/oauth/par', { form });
    tenant.clock.forward(61);
    await tenant.send('POST', '/oauth/par', { form });
    expect(await tenant.store.list('pushed_request')).toHaveLength(1);
  });

  it.each<[string, JsonObject, number, string]>([
    ['with a request_uri', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 400, 'invalid_request'],
    ['with a parameter of another type', { max_age: 1 }, 400, 'invalid_request'],
    ['for a callback that is not allowed', { redirect_uri: 'https://evil.example/' }, 400, 'invalid_request'],
    ['without a callback', { redirect_uri: undefined }, 400, 'invalid_request'],
    ['without a response type', { response_type: undefined }, 400, 'invalid_request'],
    ['for an implicit token', { response_type: 'token' }, 400, 'unsupported_response_type'],
    ['with a wrong prompt', { prompt: 'sometimes' }, 400, 'invalid_request'],
    ['with a challenge that is too short', { code_challenge: 'short' }, 400, 'invalid_request'],
    ['with a wrong id_token_hint', { id_token_hint: 'a.b.c' }, 400, 'invalid_request'],
    ['for an API that does not exist', { audience: 'https://nobody.example' }, 400, 'access_denied'],
    ['of an unknown application', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['with a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['with two ways of authentication', { client_secret: 'a', client_assertion: 'b' }, 400, 'invalid_request'],
  ])('refuses a request %s', async (_, members, status, error) => {
    const tenant = await loginTenant();
    const json = { client_id: tenant.app.client_id, ...parameters, ...members };
    expect(await tenant.send('POST', '/oauth/par', { json })).toMatchObject({ status, body: { error } });
    expect(await tenant.store.list('pushed_request')).toEqual([]);
  });

  it.each(['nobody', 'urn:ietf:params:oauth:request_uri:', 'urn:ietf:params:oauth:request_uri:nobody'])(
    'knows no request %s',
    async (requestUri) => {
      const tenant = await loginTenant();
      const asked = { requestUri, clientId: tenant.app.client_id };
      expect(await takePushedRequest(tenant.store, await tenant.moment(), asked)).toBeUndefined();
    },
  );
});

describe('the log', () => {
  it('has the user and the application, and no token', async () => {
    const served: JsonObject[] = [];
    const tenant = await loginTenant({ onServed: (request) => served.push({ ...request }) });
    const { body } = await tenant.redeem();
    await withBearer(tenant.send, body.access_token)('GET', '/userinfo');
    const { client_id: clientId } = tenant.app;
    expect(served.slice(-2)).toMatchObject([
      { path: '/oauth/token', status: 200, clientId, user: jane.email },
      { path: '/userinfo', status: 200, clientId, user: jane.email },
    ]);
    for (const token of [body.access_token, body.id_token, body.refresh_token]) {
      expect(JSON.stringify(served)).not.toContain(token);
    }
  });
});
