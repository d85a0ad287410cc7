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
    expect(body).not.toHaveProperty('authorization_response_iss_parameter_supported');
  });

  it('has endpoints at the requested origin, and the same issuer everywhere', async () => {
    const tenant = await testTenant();
    const { body } = await tenant.send('GET', `http://127.0.0.1:8080${path}`);
    expect(body.issuer).toBe('https://localhost:4400/');
    expect(body.jwks_uri).toBe('http://127.0.0.1:8080/.well-known/jwks.json');
  });
});
