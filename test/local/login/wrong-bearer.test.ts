import { describe, expect, it } from 'vitest';
import { type LoginTenant, loginTenant, rightExchange } from '../../support/login-tenant.ts';

// Tokens in the header Authorization. RFC 6750.

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

  it('a token in a query', async () => {
    const tenant = await loginTenant();
    const { access_token } = await tenant.tokens();
    expect((await tenant.send('GET', `/userinfo?access_token=${access_token}`)).status).toBe(401);
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
