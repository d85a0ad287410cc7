import { describe, expect, it } from 'vitest';
import {
  type Changes,
  formOf,
  type LoginTenant,
  loginTenant,
  rightExchange,
  rightRequest,
} from '../../support/login-tenant.ts';

// Refresh tokens and their revocation. RFC 6749, section 6; RFC 7009; RFC 9700, section 4.14.

const unknown = { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' };

function renew({ token, app }: LoginTenant, refresh_token: string | undefined, changes: Changes = {}) {
  return token({ grant_type: 'refresh_token', client_id: app.client_id, refresh_token, ...changes });
}

async function refreshToken(tenant: LoginTenant, changes: Changes = {}): Promise<string> {
  const { refresh_token = '' } = await tenant.tokens(changes);
  expect(refresh_token).not.toBe('');
  return refresh_token;
}

async function expectUnknown(tenant: LoginTenant, refresh_token: string, changes?: Changes): Promise<void> {
  const { status, body } = await renew(tenant, refresh_token, changes);
  expect({ status, body }).toEqual({ status: 403, body: unknown });
}

describe('a refresh token that rotates', () => {
  it('is good once: a second use revokes all that came from it', async () => {
    const tenant = await loginTenant();
    const first = await refreshToken(tenant);
    const { body: second } = await renew(tenant, first);
    const { body: third } = await renew(tenant, second.refresh_token);
    expect(new Set([first, second.refresh_token, third.refresh_token]).size).toBe(3);
    await expectUnknown(tenant, first);
    await expectUnknown(tenant, third.refresh_token);
    await expectUnknown(tenant, second.refresh_token);
  });

  it('leaves the tokens of another login alone', async () => {
    const tenant = await loginTenant();
    const [stolen, other] = [await refreshToken(tenant), await refreshToken(tenant)];
    await renew(tenant, stolen);
    await expectUnknown(tenant, stolen);
    expect((await renew(tenant, other)).status).toBe(200);
  });

  it('is good for one of several uses at once', async () => {
    const tenant = await loginTenant();
    const token = await refreshToken(tenant);
    const answers = await Promise.all([1, 2, 3, 4].map(() => renew(tenant, token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('may be used again within its leeway, and not after', async () => {
    const rotating = { rotation_type: 'rotating', expiration_type: 'expiring', token_lifetime: 3600 };
    const tenant = await loginTenant({ app: { refresh_token: { ...rotating, leeway: 10 } } });
    const token = await refreshToken(tenant);
    await renew(tenant, token);
    tenant.clock.forward(9);
    expect((await renew(tenant, token)).status).toBe(200);
    tenant.clock.forward(20);
    await expectUnknown(tenant, token);
  });
});

describe('the scope of a refresh token', () => {
  it('can become narrower in an answer, and never wider', async () => {
    const tenant = await loginTenant();
    const first = await refreshToken(tenant, { scope: 'openid email offline_access' });
    const { body: narrow } = await renew(tenant, first, { scope: 'openid' });
    expect(narrow.scope).toBe('openid');
    const { body: wide } = await renew(tenant, narrow.refresh_token, { scope: 'openid email profile read:catalog' });
    expect(wide.scope).toBe('openid email');
    const { body: profile } = await tenant.send('GET', '/userinfo', {
      headers: { authorization: `Bearer ${wide.access_token}` },
    });
    expect(Object.keys(profile).sort()).toEqual(['email', 'email_verified', 'sub']);
  });

  it('cannot become an API that was not asked for', async () => {
    const tenant = await loginTenant();
    const token = await refreshToken(tenant);
    const { body } = await renew(tenant, token, { audience: tenant.api.identifier, scope: 'openid read:catalog' });
    expect(body.scope).toBe('openid');
    // An opaque token is for /userinfo alone.
    expect(body.access_token.split('.')).toHaveLength(5);
  });
});

describe('a refresh token is refused', () => {
  it.each<[string, (token: string) => string]>([
    ['that is unknown', () => 'unknown'],
    ['that is a property of all objects', () => '__proto__'],
    ['without its end', (token) => token.slice(0, -2)],
    ['with another end', (token) => `${token.slice(0, -4)}AAAA`],
    ['with more at its end', (token) => `${token}A`],
    ['with a space', (token) => `${token} `],
    ['in other case', (token) => token.toUpperCase()],
    ['with a null byte', (token) => `${token}\0`],
    ['that is 8 KB long', () => 'v1.'.repeat(2700)],
  ])('%s', async (_, made) => {
    const tenant = await loginTenant();
    const token = await refreshToken(tenant);
    await expectUnknown(tenant, made(token));
    expect((await renew(tenant, token)).status).toBe(200);
  });

  it.each([
    ['that is missing', undefined],
    ['that is empty', ''],
  ])('%s', async (_, token) => {
    const tenant = await loginTenant();
    expect(await renew(tenant, token)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('of another application, and stays good for its own', async () => {
    const tenant = await loginTenant();
    const token = await refreshToken(tenant);
    const { client_id, client_secret } = tenant.server;
    await expectUnknown(tenant, token, { client_id, client_secret });
    expect((await renew(tenant, token)).status).toBe(200);
  });

  it('of an application that does not authenticate', async () => {
    const tenant = await loginTenant();
    const { client_id, client_secret } = tenant.server;
    const { code } = await tenant.authorized(rightRequest(client_id));
    const { body } = await tenant.token(rightExchange({ client_id, client_secret, code }));
    for (const secret of [undefined, 'wrong', tenant.app.client_secret]) {
      const answer = await renew(tenant, body.refresh_token, { client_id, client_secret: secret });
      expect(answer).toMatchObject({ status: 401, body: { error: 'access_denied' } });
    }
    const authentic = await renew(tenant, body.refresh_token, { client_id, client_secret });
    expect(authentic.status).toBe(200);
  });

  it.each<[string, (tenant: LoginTenant) => Promise<unknown>]>([
    [
      'whose user was deleted',
      ({ store, jane }) => store.write((writer) => writer.remove('user', String(jane.user_id))),
    ],
    ['whose user was blocked', ({ change, jane }) => change('user', String(jane.user_id), { blocked: true })],
    ['that was revoked, in a form', revokeInForm],
    ['that was revoked, in JSON', revokeInJson],
  ])('%s', async (_, end) => {
    const tenant = Object.assign(await loginTenant(), { token_: '' });
    tenant.token_ = await refreshToken(tenant);
    await end(tenant);
    await expectUnknown(tenant, tenant.token_);
  });

  it('whose application may not renew any more', async () => {
    const tenant = await loginTenant();
    const token = await refreshToken(tenant);
    await tenant.change('client', tenant.app.client_id, { grant_types: ['authorization_code'] });
    expect(await renew(tenant, token)).toMatchObject({ status: 403, body: { error: 'unauthorized_client' } });
  });

  it('after the end of its lifetime, or unused for too long', async () => {
    const lifetimes = { expiration_type: 'expiring', token_lifetime: 1000, idle_token_lifetime: 400 };
    const limits = { infinite_token_lifetime: false, infinite_idle_token_lifetime: false };
    const refresh_token = { rotation_type: 'non-rotating', leeway: 0, ...lifetimes, ...limits };
    const tenant = await loginTenant({ app: { refresh_token } });
    const [idle, used] = [await refreshToken(tenant), await refreshToken(tenant)];
    for (const seconds of [300, 300, 300]) {
      tenant.clock.forward(seconds);
      expect((await renew(tenant, used)).status).toBe(200);
    }
    await expectUnknown(tenant, idle);
    tenant.clock.forward(100);
    await expectUnknown(tenant, used);
  });

  it('is not given without offline_access, nor to an application without the grant, nor for an API that is closed', async () => {
    const tenant = await loginTenant();
    expect(await tenant.tokens({ scope: 'openid' })).not.toHaveProperty('refresh_token');
    await tenant.change('resource_server', tenant.api.id, { allow_offline_access: false });
    expect(await tenant.tokens({ audience: tenant.api.identifier })).not.toHaveProperty('refresh_token');
    await tenant.change('client', tenant.app.client_id, { grant_types: ['authorization_code'] });
    expect(await tenant.tokens()).not.toHaveProperty('refresh_token');
  });
});

type WithToken = LoginTenant & { token_: string };

function revokeInForm(tenant: LoginTenant): Promise<unknown> {
  const form = { client_id: tenant.app.client_id, token: (tenant as WithToken).token_ };
  return tenant.send('POST', '/oauth/revoke', { form });
}

function revokeInJson(tenant: LoginTenant): Promise<unknown> {
  const json = { client_id: tenant.app.client_id, token: (tenant as WithToken).token_ };
  return tenant.send('POST', '/oauth/revoke', { json });
}

describe('a revocation', () => {
  it.each<[string, (tenant: LoginTenant) => Changes, number, string]>([
    ['without a token', () => ({ token: undefined }), 400, 'invalid_request'],
    ['of an unknown application', () => ({ client_id: 'nobody' }), 401, 'invalid_client'],
    ['of no application', () => ({ client_id: undefined }), 401, 'invalid_client'],
    [
      'by an application that does not authenticate',
      ({ server }) => ({ client_id: server.client_id }),
      401,
      'invalid_client',
    ],
    [
      'with a wrong secret',
      ({ server }) => ({ client_id: server.client_id, client_secret: 'x' }),
      401,
      'invalid_client',
    ],
  ])('%s is refused', async (_, changes, status, error) => {
    const tenant = await loginTenant();
    const token = await refreshToken(tenant);
    const form = Object.fromEntries(formOf({ client_id: tenant.app.client_id, token, ...changes(tenant) }));
    const answer = await tenant.send('POST', '/oauth/revoke', { form });
    expect(answer).toMatchObject({ status, body: { error } });
    expect((await renew(tenant, token)).status).toBe(200);
  });

  it("of another application's token changes nothing", async () => {
    const tenant = await loginTenant();
    const token = await refreshToken(tenant);
    const { client_id, client_secret } = tenant.server;
    const answer = await tenant.send('POST', '/oauth/revoke', { form: { client_id, client_secret, token } });
    expect(answer).toMatchObject({ status: 200, body: {} });
    expect((await renew(tenant, token)).status).toBe(200);
  });

  it('of an unknown token is no error, and says nothing about it', async () => {
    const tenant = await loginTenant();
    const form = { client_id: tenant.app.client_id, token: 'unknown' };
    expect(await tenant.send('POST', '/oauth/revoke', { form })).toMatchObject({ status: 200, body: {} });
  });

  it('ends all tokens that came from one login, whichever of them is named', async () => {
    const tenant = await loginTenant();
    const first = await refreshToken(tenant);
    const { body } = await renew(tenant, first);
    await tenant.send('POST', '/oauth/revoke', {
      form: { client_id: tenant.app.client_id, token: body.refresh_token },
    });
    await expectUnknown(tenant, body.refresh_token);
  });
});
