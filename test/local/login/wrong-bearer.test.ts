import { describe, expect, it } from 'vitest';
import { type LoginTenant, loginTenant, rightExchange } from '../../support/login-tenant.ts';

// RFC 6750.

interface Request {
  readonly query?: string | Record<string, string>;
  readonly form?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('/userinfo refuses', () => {
  it.each<[string, (tenant: LoginTenant) => Record<string, string> | Promise<Record<string, string>>, number]>([
    ['no token', () => ({}), 401],
    ['an empty token', () => ({ authorization: 'Bearer ' }), 401],
    ['another scheme', () => ({ authorization: 'Basic amFuZTpx' }), 401],
    ['a token with a space', async (tenant) => bearer(`${(await tenant.tokens()).access_token} x`), 401],
  ])('%s', async (_, headersFor, status) => {
    const tenant = await loginTenant();
    const answer = await tenant.send('GET', '/userinfo', { headers: await headersFor(tenant) });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(JSON.stringify(answer.body)).not.toContain('jane');
  });

  it.each([
    ['an opaque one', {}],
    ['one for an API', { audience: 'https://api.shop.example' }],
  ])('a token that has expired: %s', async (_, changes) => {
    const tenant = await loginTenant();
    const { access_token = '', expires_in } = await tenant.tokens(changes);
    const ask = () => tenant.send('GET', '/userinfo', { headers: bearer(access_token) });
    tenant.clock.forward(Number(expires_in) - 1);
    expect((await ask()).status).toBe(200);
    tenant.clock.forward(1);
    expect(await ask()).toMatchObject({ status: 401 });
  });

  it.each<[string, (token: string) => Request]>([
    ['the header and the query', (token) => ({ query: { access_token: token }, headers: bearer(token) })],
    ['the header and the form', (token) => ({ form: { access_token: token }, headers: bearer(token) })],
    ['the query and the form', (token) => ({ query: { access_token: token }, form: { access_token: token } })],
    ['the query twice', (token) => ({ query: `access_token=${token}&access_token=${token}` })],
  ])('a token in %s', async (_, requestWith) => {
    const tenant = await loginTenant();
    const { access_token = '' } = await tenant.tokens();
    const { query, ...rest } = requestWith(access_token);
    const answer = await tenant.send('POST', `/userinfo?${new URLSearchParams(query)}`, rest);
    // @see RFC 6750, section 3.1
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_request"/);
    expect(JSON.stringify(answer.body)).not.toContain(access_token);
  });

  it('a token in a JSON body', async () => {
    const tenant = await loginTenant();
    const { access_token } = await tenant.tokens();
    expect((await tenant.send('POST', '/userinfo', { json: { access_token } })).status).toBe(401);
  });

  it('the token of a user who was deleted', async () => {
    const tenant = await loginTenant();
    const { access_token = '' } = await tenant.tokens();
    await tenant.store.write((writer) => writer.remove('user', String(tenant.jane.user_id)));
    expect((await tenant.send('GET', '/userinfo', { headers: bearer(access_token) })).status).toBe(401);
  });

  it('an access token without openid', async () => {
    const tenant = await loginTenant();
    const { access_token = '' } = await tenant.tokens({ audience: tenant.api.identifier, scope: 'read:catalog' });
    expect((await tenant.send('GET', '/userinfo', { headers: bearer(access_token) })).status).toBe(401);
  });
});

describe('the Management API refuses the token of a user', () => {
  it('also one for the Management API itself', async () => {
    const tenant = await loginTenant();
    const scope = 'openid read:clients read:users';
    const answer = await tenant.authorized({ audience: `${tenant.issuer}api/v2/`, scope });
    if (answer.code === undefined) return expect(answer.error).toBe('access_denied');
    const { body } = await tenant.token(rightExchange({ client_id: tenant.app.client_id, code: answer.code }));
    for (const path of ['/api/v2/clients', '/api/v2/users', '/api/v2/tenants/settings']) {
      const { status } = await tenant.send('GET', path, { headers: bearer(body.access_token) });
      expect([401, 403]).toContain(status);
    }
  });
});
