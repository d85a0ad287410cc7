import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signIdToken } from '../../../src/local/login/id-token.ts';
import { userClaims } from '../../../src/local/login/user-claims.ts';
import { claimsOf, verifiedClaims } from '../../support/local.ts';
import { jane, loginTenant } from '../../support/login.ts';

const leftHalf = (text: string) => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');

describe('the claims about a user', () => {
  it.each([
    [[], []],
    [['openid'], []],
    [['profile'], ['name', 'given_name', 'nickname', 'updated_at']],
    [['email'], ['email', 'email_verified']],
    [['read:catalog'], []],
  ])('with %j are %j', (scope, names) => {
    expect(Object.keys(userClaims(jane, scope)).sort()).toEqual([...names].sort());
  });

  it('leave out what is null, and rename what has another name', () => {
    const user = { ...jane, phone_number: '+15550100', phone_verified: true, given_name: null };
    expect(userClaims(user, ['phone', 'profile'])).toMatchObject({
      phone_number: '+15550100',
      phone_number_verified: true,
    });
    expect(userClaims(user, ['profile'])).not.toHaveProperty('given_name');
  });
});

describe('an ID token', () => {
  it('has the claims of the specification', async () => {
    const tenant = await loginTenant();
    const { body } = await tenant.redeem();
    const now = tenant.clock() / 1000;
    expect(await verifiedClaims(tenant, body.id_token)).toEqual({
      iss: tenant.issuer,
      sub: jane.user_id,
      aud: tenant.app.client_id,
      iat: now,
      exp: now + 36_000,
      sid: 'session-1',
      at_hash: leftHalf(body.access_token),
      name: jane.name,
      nickname: jane.nickname,
      given_name: jane.given_name,
      updated_at: jane.updated_at,
      email: jane.email,
      email_verified: true,
    });
  });

  it("has the login's nonce, its time where it was asked for, and the application's lifetime", async () => {
    const tenant = await loginTenant({ app: { jwt_configuration: { lifetime_in_seconds: 60 } } });
    const { body } = await tenant.redeem({}, { authorization: { nonce: 'n-0S6_WzA2Mj', showsAuthTime: true } });
    const claims = claimsOf(body.id_token);
    expect(claims).toMatchObject({ nonce: 'n-0S6_WzA2Mj', auth_time: 1_780_000_000 });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(60);
  });

  it('has the hashes of OpenID Connect Core, appendix A', async () => {
    const tenant = await loginTenant();
    const [code, accessToken] = [
      'Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk',
      'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y',
    ];
    const contents = { client: {}, user: jane, authorization: tenant.authorization(), code, accessToken };
    const claims = claimsOf(await signIdToken(await tenant.moment(), contents));
    expect(claims).toMatchObject({ c_hash: 'LDktKdoQak3Pk0cnXxCltA', at_hash: '77QmUPtjPfzWtF2AnpK9RQ' });
  });
});

describe('an access token', () => {
  it.each([
    [['openid', 'read:catalog'], true],
    [['read:catalog'], false],
  ])('for an API with %j is a JWT, for /userinfo too: %s', async (scope, forUserinfo) => {
    const tenant = await loginTenant();
    const audience = tenant.api.identifier;
    const { body } = await tenant.redeem({}, { authorization: { scope, audience } });
    const now = tenant.clock() / 1000;
    expect(await verifiedClaims(tenant, body.access_token)).toEqual({
      iss: tenant.issuer,
      sub: jane.user_id,
      aud: forUserinfo ? [audience, `${tenant.issuer}userinfo`] : audience,
      iat: now,
      exp: now + 86_400,
      scope: scope.join(' '),
      azp: tenant.app.client_id,
      jti: expect.any(String),
    });
  });

  it("has the API's lifetime", async () => {
    const tenant = await loginTenant({ api: { token_lifetime: 60 } });
    const { body } = await tenant.redeem({}, { authorization: { audience: tenant.api.identifier } });
    expect(body.expires_in).toBe(60);
    expect(claimsOf(body.access_token).exp).toBe(tenant.clock() / 1000 + 60);
  });

  it('without an API is opaque', async () => {
    const { body } = await (await loginTenant()).redeem();
    expect(body.access_token.split('.')).toHaveLength(5);
  });

  it('without a scope has no scope', async () => {
    const tenant = await loginTenant();
    const { body } = await tenant.redeem({}, { authorization: { scope: [], audience: tenant.api.identifier } });
    expect(body).not.toHaveProperty('scope');
    expect(claimsOf(body.access_token)).not.toHaveProperty('scope');
  });

  it('for an API that was deleted is refused', async () => {
    const tenant = await loginTenant();
    const code = await tenant.code({ authorization: { audience: tenant.api.identifier } });
    await tenant.store.write((writer) => writer.remove('resource_server', tenant.api.id));
    expect(await tenant.redeem({ code })).toMatchObject({ status: 403, body: { error: 'access_denied' } });
  });

  it.each([
    ['read:clients', 403],
    ['openid read:clients', 401],
  ])('for the Management API with %s never opens it: %s', async (scope, status) => {
    const tenant = await loginTenant();
    const authorization = { scope: scope.split(' '), audience: `${tenant.issuer}api/v2/` };
    const { body } = await tenant.redeem({}, { authorization });
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect((await tenant.send('GET', '/api/v2/clients', { headers })).status).toBe(status);
  });
});
