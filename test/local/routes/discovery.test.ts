import { describe, expect, it } from 'vitest';
import { testKeys, testTenant } from '../../support/local.ts';

describe('the served keys', () => {
  it('are only the public part of the signing key', async () => {
    const tenant = await testTenant();
    const { status, body } = await tenant.send('GET', '/.well-known/jwks.json');
    const { n, e } = testKeys.signing.jwk;
    expect(status).toBe(200);
    expect(body).toEqual({ keys: [{ kty: 'RSA', use: 'sig', alg: 'RS256', kid: testKeys.signing.kid, n, e }] });
  });
});

it.each([undefined, false, true])(
  'the served keys name no algorithm where remove_alg_from_jwks is %s',
  async (flag) => {
    const tenant = await testTenant();
    await tenant.change('tenant', 'settings', { flags: { remove_alg_from_jwks: flag } });
    const { body } = await tenant.send('GET', '/.well-known/jwks.json');
    expect(body.keys.map((key: { alg?: string }) => key.alg)).toEqual([flag === true ? undefined : 'RS256']);
  },
);

describe.each(['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'])('%s', (path) => {
  it('lists the issuer and the endpoints', async () => {
    const tenant = await testTenant();
    const { status, body } = await tenant.send('GET', path);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      issuer: 'https://localhost:4400/',
      token_endpoint: 'https://localhost:4400/oauth/token',
      jwks_uri: 'https://localhost:4400/.well-known/jwks.json',
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 'RS384', 'PS256', 'ES256'],
    });
  });

  it.each([undefined, false, true])('promises the issuer in answers where the setting is %s', async (setting) => {
    const tenant = await testTenant();
    await tenant.change('tenant', 'settings', { authorization_response_iss_parameter_supported: setting });
    const { body } = await tenant.send('GET', path);
    expect(body.authorization_response_iss_parameter_supported).toBe(setting === true ? true : undefined);
  });

  it('lists what logins need', async () => {
    const tenant = await testTenant();
    const { body } = await tenant.send('GET', path);
    expect(body).toMatchObject({
      authorization_endpoint: 'https://localhost:4400/authorize',
      userinfo_endpoint: 'https://localhost:4400/userinfo',
      revocation_endpoint: 'https://localhost:4400/oauth/revoke',
      pushed_authorization_request_endpoint: 'https://localhost:4400/oauth/par',
      end_session_endpoint: 'https://localhost:4400/oidc/logout',
      grant_types_supported: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
      response_types_supported: ['code', 'id_token', 'code id_token'],
      response_modes_supported: ['query', 'fragment', 'form_post'],
      code_challenge_methods_supported: ['S256', 'plain'],
      scopes_supported: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
      claims_supported: expect.arrayContaining(['sub', 'sid', 'auth_time', 'email_verified', 'phone_number_verified']),
      backchannel_logout_supported: false,
    });
  });

  it.each([
    [undefined, true],
    [null, true],
    [{ rp_logout_end_session_endpoint_discovery: true }, true],
    [{ rp_logout_end_session_endpoint_discovery: false }, false],
  ])('with oidc_logout %j has the endpoint of logouts: %s', async (oidc_logout, isShown) => {
    const tenant = await testTenant();
    await tenant.change('tenant', 'settings', { oidc_logout });
    const { body } = await tenant.send('GET', path);
    expect('end_session_endpoint' in body).toBe(isShown);
  });

  it.each<[string, boolean, string, string]>([
    ['https://localhost:4400/', false, 'http://127.0.0.1:8080', 'https://localhost:4400'],
    ['https://tenant.test/', false, 'https://localhost:443', 'https://tenant.test'],
    ['https://tenant.test:8443/', true, 'http://tenant.test:4400', 'https://tenant.test:8443'],
    ['https://localhost:4400/', true, 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])(
    'has the issuer %s, with plain HTTP alone: %s, at %s: endpoints at %s',
    async (issuer, plainHttp, asked, origin) => {
      const tenant = await testTenant({ domain: new URL(issuer).host, plainHttp });
      const { body } = await tenant.send('GET', `${asked}${path}`);
      expect(body.issuer).toBe(issuer);
      const endpoints = Object.entries(body).filter(([name]) => /_endpoint$|_uri$/.test(name));
      expect(endpoints).toHaveLength(7);
      for (const [name, url] of endpoints) expect([name, new URL(String(url)).origin]).toEqual([name, origin]);
    },
  );
});
