import { describe, expect, it } from 'vitest';
import { oauthRefusal } from '../../../src/local/http/refusal.ts';
import { redeemRefreshToken } from '../../../src/local/login/redeem-refresh-token.ts';
import { editionNames } from '../../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { claimsOf, otherTenantKeys } from '../../support/local.ts';
import { jane, loginTenant } from '../../support/login.ts';

const invalid = {
  status: 403,
  body: { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' },
};

const rotating = (members: JsonObject = {}) => ({ refresh_token: { rotation_type: 'rotating', ...members } });
const expiring = (members: JsonObject = {}) => ({ refresh_token: { expiration_type: 'expiring', ...members } });

const days = (count: number) => count * 86_400;

describe.each(editionNames)('a refresh token, edition %s', (edition) => {
  it('gets new tokens, and itself stays valid', async () => {
    const tenant = await loginTenant({ edition });
    const refreshToken = await tenant.refreshToken({ authorization: { nonce: 'n' } });
    for (let times = 0; times < 2; times += 1) {
      const { status, body, headers } = await tenant.refresh(refreshToken);
      expect(status).toBe(200);
      expect(body).toEqual({
        access_token: expect.any(String),
        id_token: expect.any(String),
        scope: 'openid profile email offline_access',
        expires_in: 86_400,
        token_type: 'Bearer',
      });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(claimsOf(body.id_token)).toMatchObject({ sub: jane.user_id, sid: 'session-1' });
      expect(claimsOf(body.id_token)).not.toHaveProperty('nonce');
    }
  });
});

describe('a rotating refresh token', () => {
  it('is replaced with each use', async () => {
    const tenant = await loginTenant({ app: rotating() });
    let token = await tenant.refreshToken();
    for (let times = 0; times < 3; times += 1) {
      const { status, body } = await tenant.refresh(token);
      expect(status).toBe(200);
      expect(body.refresh_token).not.toBe(token);
      token = body.refresh_token;
    }
    expect(await tenant.store.list('refresh_token')).toHaveLength(1);
  });

  it('that is used again revokes those that followed it', async () => {
    const tenant = await loginTenant({ app: rotating() });
    const first = await tenant.refreshToken();
    const second = (await tenant.refresh(first)).body.refresh_token;
    expect(await tenant.refresh(first)).toMatchObject(invalid);
    expect(await tenant.refresh(second)).toMatchObject(invalid);
    expect(await tenant.store.list('refresh_token')).toEqual([]);
  });

  it('is replaced once among requests at the same time', async () => {
    const tenant = await loginTenant({ app: rotating() });
    const token = await tenant.refreshToken();
    const answers = await Promise.all([1, 2, 3].map(() => tenant.refresh(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
  });

  it('may be used again within the leeway, for the same next token', async () => {
    const tenant = await loginTenant({ app: rotating({ leeway: 10 }) });
    const first = await tenant.refreshToken();
    const second = (await tenant.refresh(first)).body.refresh_token;
    tenant.clock.forward(9);
    expect((await tenant.refresh(first)).body.refresh_token).toBe(second);
    tenant.clock.forward(1);
    expect(await tenant.refresh(first)).toMatchObject(invalid);
    expect(await tenant.refresh(second)).toMatchObject(invalid);
  });

  it('that is the second-to-last has no leeway', async () => {
    const tenant = await loginTenant({ app: rotating({ leeway: 10 }) });
    const first = await tenant.refreshToken();
    const second = (await tenant.refresh(first)).body.refresh_token;
    const third = (await tenant.refresh(second)).body.refresh_token;
    expect(await tenant.refresh(first)).toMatchObject(invalid);
    expect(await tenant.refresh(third)).toMatchObject(invalid);
  });
});

describe('the end of a refresh token', () => {
  it.each<[string, JsonObject, number, number]>([
    ['without a setting is never', {}, days(3650), 200],
    ['is after 30 days', expiring({ infinite_idle_token_lifetime: true }), days(30) - 1, 200],
    ['is after 30 days', expiring({ infinite_idle_token_lifetime: true }), days(30), 403],
    ['is after its lifetime', expiring({ token_lifetime: 100 }), 99, 200],
    ['is after its lifetime', expiring({ token_lifetime: 100 }), 100, 403],
    ['is after 15 days without use', expiring(), days(15) - 1, 200],
    ['is after 15 days without use', expiring(), days(15), 403],
    ['is after its idle lifetime', expiring({ idle_token_lifetime: 60 }), 60, 403],
    [
      'is switched off',
      expiring({ token_lifetime: 9, infinite_token_lifetime: true, infinite_idle_token_lifetime: true }),
      days(99),
      200,
    ],
    ['needs expiration_type expiring', { refresh_token: { token_lifetime: 100 } }, 100, 200],
  ])('%s: %j after %s s: %s', async (_, app, seconds, status) => {
    const tenant = await loginTenant({ app });
    const token = await tenant.refreshToken();
    tenant.clock.forward(seconds);
    expect((await tenant.refresh(token)).status).toBe(status);
  });

  it.each([['rotating'], ['non-rotating']])(
    'moves with each use until the lifetime ends: %s',
    async (rotation_type) => {
      const app = expiring({ rotation_type, token_lifetime: 150, idle_token_lifetime: 60 });
      const tenant = await loginTenant({ app });
      let token = await tenant.refreshToken();
      for (let times = 0; times < 2; times += 1) {
        tenant.clock.forward(59);
        const { status, body } = await tenant.refresh(token);
        expect(status).toBe(200);
        token = body.refresh_token ?? token;
      }
      tenant.clock.forward(32);
      expect(await tenant.refresh(token)).toMatchObject(invalid);
    },
  );
});

describe('the scope of a refresh', () => {
  it.each([
    [undefined, 'openid profile email offline_access'],
    ['', 'openid profile email offline_access'],
    ['openid', 'openid'],
    ['email openid', 'openid email'],
    ['openid write:everything', 'openid'],
  ])('%j is %s', async (scope, granted) => {
    const tenant = await loginTenant();
    const token = await tenant.refreshToken();
    const { body } = await tenant.refresh(token, { scope });
    expect(body.scope).toBe(granted);
    // A narrower scope is for one answer only.
    expect((await tenant.refresh(token)).body.scope).toBe('openid profile email offline_access');
  });
});

describe('a refresh is refused', () => {
  it.each<[string, (token: string) => unknown]>([
    ['without a token', () => undefined],
    ['with an empty token', () => ''],
    ['with another type', () => 1],
  ])('%s: invalid_request', async (_, change) => {
    const tenant = await loginTenant();
    const answer = await tenant.refresh(change(await tenant.refreshToken()));
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it.each<[string, (token: string) => string]>([
    ['an unknown token', () => 'v1.nobody.0.AAAA'],
    ['a changed counter', (token) => token.replace('.0.', '.1.')],
    ['a changed counter with a zero', (token) => token.replace('.0.', '.00.')],
    ['a changed id', (token) => token.replace('v1.', 'v1.x')],
    ['a changed signature', (token) => `${token.slice(0, -2)}AA`],
    ['a longer text', (token) => `${token}.x`],
    ['a text with a line break', (token) => `${token}\n`],
    ['an access token', () => 'a.b.c'],
  ])('with %s', async (_, change) => {
    const tenant = await loginTenant();
    const token = await tenant.refreshToken();
    expect(await tenant.refresh(change(token))).toMatchObject(invalid);
    expect((await tenant.refresh(token)).status).toBe(200);
  });

  it("with another tenant's token", async () => {
    const [tenant, other] = [await loginTenant(), await loginTenant({ keys: async () => otherTenantKeys })];
    expect(await tenant.refresh(await other.refreshToken())).toMatchObject(invalid);
  });

  it("with another application's token, which stays valid", async () => {
    const tenant = await loginTenant();
    const json = { name: 'other', token_endpoint_auth_method: 'none' };
    const other = (await (await tenant.management())('POST', '/api/v2/clients', { json })).body;
    const token = await tenant.refreshToken();
    expect(await tenant.refresh(token, { client_id: other.client_id })).toMatchObject(invalid);
    expect((await tenant.refresh(token)).status).toBe(200);
  });

  it.each(['deleted', 'blocked'])('of a user who was %s', async (what) => {
    const tenant = await loginTenant();
    const token = await tenant.refreshToken();
    if (what === 'blocked') await tenant.change('user', jane.user_id, { blocked: true });
    else await tenant.store.write((writer) => writer.remove('user', jane.user_id));
    expect(await tenant.refresh(token)).toMatchObject(invalid);
  });

  it('of an application that was deleted', async () => {
    const tenant = await loginTenant();
    const token = await tenant.refreshToken();
    await (await tenant.management())('DELETE', `/api/v2/clients/${tenant.app.client_id}`);
    expect(await tenant.refresh(token)).toMatchObject({ status: 401, body: { error: 'access_denied' } });
  });

  it('of an application without the grant type', async () => {
    const tenant = await loginTenant();
    const token = await tenant.refreshToken();
    await tenant.change('client', tenant.app.client_id, { grant_types: ['authorization_code'] });
    expect(await tenant.refresh(token)).toMatchObject({ status: 403, body: { error: 'unauthorized_client' } });
  });
});

describe('Actions at a refresh', () => {
  async function scene() {
    const tenant = await loginTenant({ app: rotating() });
    const client = (await tenant.store.get('client', tenant.app.client_id)) ?? {};
    const attempt = { client, refreshToken: await tenant.refreshToken(), scope: undefined };
    return { tenant, attempt, moment: await tenant.moment() };
  }

  it('set the claims of the new tokens', async () => {
    const { tenant, attempt, moment } = await scene();
    const claims = { idToken: { plan: 'gold' }, accessToken: {} };
    const refreshed = await redeemRefreshToken(tenant.store, moment, attempt, async (user, { scope }) => {
      expect([user.user_id, scope]).toEqual([jane.user_id, ['openid', 'profile', 'email', 'offline_access']]);
      return claims;
    });
    expect(refreshed.authorization.claims).toEqual(claims);
  });

  it('that deny it leave the refresh token usable', async () => {
    const { tenant, attempt, moment } = await scene();
    const denied = redeemRefreshToken(tenant.store, moment, attempt, async () => {
      throw oauthRefusal(403, 'access_denied', 'no');
    });
    await expect(denied).rejects.toMatchObject({ name: 'Refusal', status: 403 });
    expect((await tenant.refresh(attempt.refreshToken)).status).toBe(200);
  });

  it('do not run for a token that is refused', async () => {
    const { tenant, attempt, moment } = await scene();
    await tenant.refresh(attempt.refreshToken);
    const refused = redeemRefreshToken(tenant.store, moment, attempt, () => Promise.reject(new Error('ran')));
    await expect(refused).rejects.toMatchObject({ name: 'Refusal' });
  });
});
