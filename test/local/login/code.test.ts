import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isVerified } from '../../../src/local/login/code.ts';
import { editionNames } from '../../../src/wire/edition/edition.ts';
import { claimsOf, verifiedClaims } from '../../support/local.ts';
import { callback, challenge, jane, loginTenant, verifier } from '../../support/login.ts';

const invalid = (description = 'Invalid authorization code') => ({
  status: 403,
  body: { error: 'invalid_grant', error_description: description },
});

describe.each(editionNames)('an authorization code, edition %s', (edition) => {
  it('gets an access token, an ID token and a refresh token', async () => {
    const tenant = await loginTenant({ edition });
    const { status, headers, body } = await tenant.redeem();
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      id_token: expect.any(String),
      refresh_token: expect.any(String),
      scope: 'openid profile email offline_access',
      expires_in: 86_400,
      token_type: 'Bearer',
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('pragma')).toBe('no-cache');
    expect(await verifiedClaims(tenant, body.id_token)).toMatchObject({ sub: jane.user_id, aud: tenant.app.client_id });
  });
});

describe('a code', () => {
  it('is saved as a hash', async () => {
    const tenant = await loginTenant();
    const code = await tenant.code();
    const [saved, ...others] = await tenant.store.list('authorization_code');
    expect(others).toEqual([]);
    expect(JSON.stringify(saved)).not.toContain(code);
    expect(saved?.id).toBe(createHash('sha256').update(code).digest('base64url'));
    expect(Buffer.from(code, 'base64url')).toHaveLength(32);
  });

  it('gets no refresh token and no ID token without the scopes for them', async () => {
    const tenant = await loginTenant();
    const { body } = await tenant.redeem({}, { authorization: { scope: ['profile'] } });
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    expect(await tenant.store.list('refresh_token')).toEqual([]);
  });

  it('is good once', async () => {
    const tenant = await loginTenant();
    const code = await tenant.code();
    expect((await tenant.redeem({ code })).status).toBe(200);
    expect(await tenant.redeem({ code })).toMatchObject(invalid());
  });

  it('is good once among requests at the same time', async () => {
    const tenant = await loginTenant();
    const code = await tenant.code();
    const answers = await Promise.all(Array.from({ length: 10 }, () => tenant.redeem({ code })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(403)]);
  });

  it('revokes its refresh token when it is used again, even after its end', async () => {
    const tenant = await loginTenant();
    const code = await tenant.code();
    const { body } = await tenant.redeem({ code });
    expect((await tenant.refresh(body.refresh_token)).status).toBe(200);
    tenant.clock.forward(300);
    expect(await tenant.redeem({ code })).toMatchObject(invalid());
    expect(await tenant.refresh(body.refresh_token)).toMatchObject(invalid('Unknown or invalid refresh token.'));
  });

  it('expires after a minute', async () => {
    const tenant = await loginTenant();
    const [early, late] = [await tenant.code(), await tenant.code()];
    tenant.clock.forward(59);
    expect((await tenant.redeem({ code: early })).status).toBe(200);
    tenant.clock.forward(1);
    expect(await tenant.redeem({ code: late })).toMatchObject(invalid());
  });

  it('stays usable after attempts with a wrong application, redirect URI or verifier', async () => {
    const tenant = await loginTenant();
    const other = await (await tenant.management())('POST', '/api/v2/clients', {
      json: { name: 'other', token_endpoint_auth_method: 'none' },
    });
    const code = await tenant.code();
    expect(await tenant.redeem({ code, client_id: other.body.client_id })).toMatchObject(invalid());
    expect((await tenant.redeem({ code, redirect_uri: 'https://evil.example/' })).status).toBe(403);
    expect((await tenant.redeem({ code, code_verifier: 'x'.repeat(43) })).status).toBe(403);
    expect((await tenant.redeem({ code })).status).toBe(200);
  });

  it('may be redeemed without redirect_uri only if the login was requested without one', async () => {
    const tenant = await loginTenant();
    const redirect_uri = undefined;
    expect((await tenant.redeem({ redirect_uri }, { mayOmitRedirectUri: true })).status).toBe(200);
    expect(await tenant.redeem({ redirect_uri })).toMatchObject(
      invalid(`The redirect URI is wrong. You sent none, and we expected ${callback}`),
    );
    const other = { redirect_uri: 'https://evil.example/' };
    expect((await tenant.redeem(other, { mayOmitRedirectUri: true })).status).toBe(403);
  });

  it.each([['deleted'], ['blocked']])('of a user who was %s is refused', async (what) => {
    const tenant = await loginTenant();
    const code = await tenant.code();
    if (what === 'blocked') await tenant.change('user', jane.user_id, { blocked: true });
    else await tenant.store.write((writer) => writer.remove('user', jane.user_id));
    expect(await tenant.redeem({ code })).toMatchObject(invalid());
  });
});

describe('PKCE', () => {
  it('verifies the example of RFC 7636, appendix B', () => {
    expect(isVerified(challenge, verifier)).toBe(true);
    expect(isVerified(challenge, challenge.value)).toBe(false);
  });

  it.each([
    ['S256 with its verifier', challenge, verifier, 200],
    ['plain with its verifier', { value: verifier, method: 'plain' }, verifier, 200],
    ['plain with another verifier', { value: verifier, method: 'plain' }, `${verifier}x`, 403],
    ['S256 with the challenge itself', challenge, challenge.value, 403],
    ['S256 without a verifier', challenge, undefined, 403],
    ['no challenge and no verifier', undefined, undefined, 200],
    ['no challenge, but a verifier', undefined, verifier, 403],
  ] as const)('%s: %s', async (_, codeChallenge, code_verifier, status) => {
    const tenant = await loginTenant();
    const answer = await tenant.redeem({ code_verifier }, { codeChallenge });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer).toMatchObject(invalid('Failed to verify code verifier'));
  });

  it.each([['x'.repeat(42)], ['x'.repeat(129)], [`${'x'.repeat(50)}!`], [`${'x'.repeat(50)}é`], ['']])(
    'refuses the malformed verifier %s',
    async (code_verifier) => {
      const tenant = await loginTenant();
      const answer = await tenant.redeem({ code_verifier });
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    },
  );
});

describe('what logins leave behind', () => {
  it('is removed when it has expired, at most once a minute', async () => {
    const tenant = await loginTenant();
    await tenant.change('login_session', 'old', { id: 'old', expires_at: tenant.clock() / 1000 + 10 });
    await tenant.change('login_session', 'for-ever', { id: 'for-ever' });
    await tenant.code();
    tenant.clock.forward(59);
    await tenant.code();
    expect((await tenant.store.list('login_session')).map(({ id }) => id)).toEqual(['old', 'for-ever']);
    tenant.clock.forward(1);
    await tenant.code();
    expect((await tenant.store.list('login_session')).map(({ id }) => id)).toEqual(['for-ever']);
  });

  it('includes refresh tokens', async () => {
    const app = { refresh_token: { expiration_type: 'expiring', token_lifetime: 30 } };
    const tenant = await loginTenant({ app });
    await tenant.redeem();
    tenant.clock.forward(60);
    await tenant.code();
    expect(await tenant.store.list('refresh_token')).toEqual([]);
  });

  it('includes codes for ten minutes after their end', async () => {
    const tenant = await loginTenant();
    await tenant.code();
    tenant.clock.forward(659);
    await tenant.code();
    expect(await tenant.store.list('authorization_code')).toHaveLength(2);
    tenant.clock.forward(60);
    await tenant.code();
    expect(await tenant.store.list('authorization_code')).toHaveLength(2);
  });
});

it('has the claims of Actions in its tokens, but never reserved ones', async () => {
  const tenant = await loginTenant();
  const custom = {
    'https://shop.example/plan': 'gold',
    sub: 'auth0|eve',
    aud: 'x',
    nonce: 'n',
    azp: 'e',
    scope: 'all',
  };
  const authorization = {
    scope: ['openid'],
    audience: tenant.api.identifier,
    claims: { idToken: { ...custom, id: 1 }, accessToken: { ...custom, access: 1 } },
  };
  const { body } = await tenant.redeem({}, { authorization });
  expect(claimsOf(body.id_token)).toMatchObject({ sub: jane.user_id, 'https://shop.example/plan': 'gold', id: 1 });
  expect(claimsOf(body.id_token)).not.toHaveProperty('nonce');
  expect(claimsOf(body.access_token)).toMatchObject({ azp: tenant.app.client_id, scope: 'openid', access: 1 });
});
