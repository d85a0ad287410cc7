import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { confidentialApp } from '../../support/local.ts';
import { type LoginTenant, loginTenant } from '../../support/login-tenant.ts';

// https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles, and RFC 9068.

const own = { typ: 'JWT', named: 'azp', unnamed: 'client_id' };
const standard = { typ: 'at+jwt', named: 'client_id', unnamed: 'azp' };

const dialects = [
  [undefined, own],
  ['access_token', own],
  ['access_token_authz', own],
  ['rfc9068_profile', standard],
  ['rfc9068_profile_authz', standard],
] as const;

async function tenantWith(token_dialect: string | undefined): Promise<LoginTenant> {
  const tenant = await loginTenant();
  if (token_dialect !== undefined) await tenant.change('resource_server', tenant.api.id, { token_dialect });
  return tenant;
}

describe.each(dialects)('an API with token_dialect %s gets', (dialect, { typ, named, unnamed }) => {
  it('the access token of a user in that profile', async () => {
    const tenant = await tenantWith(dialect);
    const { access_token = '' } = await tenant.tokens({ audience: tenant.api.identifier });
    const claims = decodeJwt(access_token);
    expect(decodeProtectedHeader(access_token)).toMatchObject({ alg: 'RS256', typ });
    expect(claims).toMatchObject({ [named]: tenant.app.client_id, sub: tenant.jane.user_id, jti: expect.any(String) });
    expect(claims).not.toHaveProperty(unnamed);
  });

  it('that of an application too', async () => {
    const tenant = await tenantWith(dialect);
    const { client_id, client_secret } = await confidentialApp(tenant, { grant_types: ['client_credentials'] });
    const audience = tenant.api.identifier;
    const grant = { client_id, audience, scope: ['read:catalog'] };
    await (await tenant.management())('POST', '/api/v2/client-grants', { json: grant });
    const { body } = await tenant.token({ grant_type: 'client_credentials', client_id, client_secret, audience });
    const claims = decodeJwt(body.access_token);
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ typ });
    expect(claims).toMatchObject({ [named]: client_id, scope: 'read:catalog', jti: expect.any(String) });
    expect(claims).not.toHaveProperty(unnamed);
    expect('gty' in claims).toBe(typ === 'JWT');
  });

  it("and a guest's in the service's own [ours: nothing is published]", async () => {
    const tenant = await tenantWith(dialect);
    const { access_token } = await tenant.session();
    expect(decodeProtectedHeader(access_token)).toMatchObject({ typ: 'JWT' });
    expect(decodeJwt(access_token)).toHaveProperty('azp');
  });
});

describe('a token in the profile of RFC 9068', () => {
  it('shows its user at /userinfo', async () => {
    const tenant = await tenantWith('rfc9068_profile');
    const { access_token } = await tenant.tokens({ audience: tenant.api.identifier });
    const headers = { authorization: `Bearer ${access_token}` };
    const answer = await tenant.send('GET', '/userinfo', { headers });
    expect(answer).toMatchObject({ status: 200, body: { sub: tenant.jane.user_id } });
  });

  it('is known as an access token, which cannot be revoked', async () => {
    const tenant = await tenantWith('rfc9068_profile');
    const { access_token } = await tenant.tokens({ audience: tenant.api.identifier });
    const form = { client_id: tenant.app.client_id, token: String(access_token) };
    const answer = await tenant.send('POST', '/oauth/revoke', { form });
    expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_token_type' } });
  });
});
