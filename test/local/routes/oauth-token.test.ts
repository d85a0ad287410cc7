import { describe, expect, it } from 'vitest';
import { setIssuer } from '../../../src/local/state/issuer.ts';
import { managementScopes } from '../../../src/local/state/upgrade.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import {
  basic,
  claimsOf,
  globalClient,
  type TestTenant,
  testTenant,
  verifiedClaims,
  withBearer,
} from '../../support/local.ts';

const audience = 'https://localhost:4400/api/v2/';

/** A valid request of the global client, changed by `members`. */
async function request(tenant: TestTenant, members: JsonObject = {}): Promise<JsonObject> {
  const { client_id, client_secret } = await globalClient(tenant.store);
  return { grant_type: 'client_credentials', client_id, client_secret, audience, ...members };
}

describe('a Management API token', () => {
  it('is issued for the secret of the global client, with all scopes', async () => {
    const tenant = await testTenant();
    const { status, headers, body } = await tenant.send('POST', '/oauth/token', { json: await request(tenant) });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 86_400,
      scope: managementScopes.join(' '),
    });
  });

  it('has the documented claims and a signature that the served keys verify', async () => {
    const tenant = await testTenant();
    const { body } = await tenant.send('POST', '/oauth/token', { json: await request(tenant) });
    const { client_id } = await globalClient(tenant.store);
    expect(await verifiedClaims(tenant, body.access_token)).toEqual({
      iss: tenant.issuer,
      sub: `${client_id}@clients`,
      aud: audience,
      iat: tenant.clock() / 1000,
      exp: tenant.clock() / 1000 + 86_400,
      scope: managementScopes.join(' '),
      gty: 'client-credentials',
      azp: client_id,
      jti: expect.any(String),
    });
  });

  it('is issued for a form too', async () => {
    const tenant = await testTenant();
    const form = new URLSearchParams((await request(tenant)) as Record<string, string>).toString();
    expect(await tenant.send('POST', '/oauth/token', { form })).toMatchObject({ status: 200 });
  });

  it('is issued for a secret in the header', async () => {
    const tenant = await testTenant();
    const { client_id, client_secret, ...json } = await request(tenant);
    const headers = basic(String(client_id), String(client_secret));
    expect(await tenant.send('POST', '/oauth/token', { json, headers })).toMatchObject({ status: 200 });
  });

  it("has the API's token lifetime", async () => {
    const tenant = await testTenant();
    const manage = await tenant.management();
    await manage('PATCH', `/api/v2/resource-servers/${encodeURIComponent(audience)}`, { json: { token_lifetime: 60 } });
    const { body } = await tenant.send('POST', '/oauth/token', { json: await request(tenant) });
    expect(body.expires_in).toBe(60);
    expect(claimsOf(body.access_token).exp).toBe(tenant.clock() / 1000 + 60);
  });
});

describe('a tenant with a changed issuer', () => {
  it('has the Management API of the new issuer, not of the old one', async () => {
    const moved = await testTenant();
    await setIssuer(moved.store, 'https://localhost:5500/');
    await moved.ready();
    expect(moved.issuer).toBe('https://localhost:5500/');
    const manage = await moved.management();
    expect(await manage('GET', '/api/v2/clients')).toMatchObject({ status: 200 });
    expect(await moved.send('POST', '/oauth/token', { json: await request(moved) })).toMatchObject({
      status: 403,
      body: { error: 'access_denied', error_description: `Service not enabled within domain: ${audience}` },
    });
  });

  it('refuses tokens of the old issuer', async () => {
    const former = await testTenant();
    const { body } = await former.send('POST', '/oauth/token', { json: await request(former) });
    await setIssuer(former.store, 'https://localhost:5500/');
    expect(await withBearer(former.send, body.access_token)('GET', '/api/v2/clients')).toMatchObject({
      status: 401,
      body: { message: `Bad audience: ${audience}` },
    });
  });
});

describe('a request for a Management API token', () => {
  it.each<[string, JsonObject, number, string, string]>([
    ['without a grant_type', { grant_type: undefined }, 400, 'invalid_request', 'grant_type is required.'],
    ['with a grant_type of a wrong type', { grant_type: 1 }, 400, 'invalid_request', 'grant_type must be a string.'],
    [
      'with two ways of authentication',
      { client_assertion: 'a' },
      400,
      'invalid_request',
      'Multiple authentication methods provided, please use one.',
    ],
    ['of an unknown client', { client_id: 'nobody' }, 401, 'access_denied', 'Unauthorized'],
    ['without a client', { client_id: undefined }, 401, 'access_denied', 'Unauthorized'],
    ['with a wrong secret', { client_secret: 'wrong' }, 401, 'access_denied', 'Unauthorized'],
    ['without a secret', { client_secret: undefined }, 401, 'access_denied', 'Unauthorized'],
    [
      'with an assertion, for which no key is known',
      { client_secret: undefined, client_assertion: 'a' },
      401,
      'access_denied',
      'Unauthorized',
    ],
    [
      'for another grant',
      { grant_type: 'password' },
      403,
      'unsupported_grant_type',
      'Unsupported grant type: password',
    ],
    [
      'without an audience',
      { audience: undefined },
      403,
      'access_denied',
      'No audience parameter was provided, and no default audience has been configured',
    ],
    [
      'for an audience that does not exist',
      { audience: 'https://nobody.example' },
      403,
      'access_denied',
      'Service not enabled within domain: https://nobody.example',
    ],
    [
      'for the Management API without its slash',
      { audience: audience.slice(0, -1) },
      403,
      'access_denied',
      `Service not enabled within domain: ${audience.slice(0, -1)}`,
    ],
    [
      'for an API without a client grant',
      { audience: 'https://api.shop.example' },
      403,
      'access_denied',
      'Client is not authorized to access "https://api.shop.example". You need to create a "client-grant" associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants',
    ],
  ])('%s is refused', async (_, members, status, error, error_description) => {
    const tenant = await testTenant();
    const answer = await tenant.send('POST', '/oauth/token', { json: await request(tenant, members) });
    expect(answer.body).toEqual({ error, error_description });
    expect(answer.status).toBe(status);
  });

  it("without an audience is for the tenant's default audience, if it has one", async () => {
    const tenant = await testTenant();
    await tenant.change('tenant', 'settings', { default_audience: audience });
    for (const none of [undefined, '']) {
      const json = await request(tenant, { audience: none });
      const { status, body } = await tenant.send('POST', '/oauth/token', { json });
      expect(status).toBe(200);
      expect(claimsOf(body.access_token).aud).toBe(audience);
    }
  });

  it('with a wrong secret in the header gets a challenge', async () => {
    const tenant = await testTenant();
    const { client_id, client_secret: _, ...json } = await request(tenant);
    const headers = basic(String(client_id), 'wrong');
    const answer = await tenant.send('POST', '/oauth/token', { json, headers });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="local"']);
  });

  it('of a grant without scopes gets a token without a scope', async () => {
    const tenant = await testTenant();
    const grant = { id: 'cgr_none', client_id: tenant.admin.client_id, audience: tenant.api.identifier, scope: [] };
    await tenant.store.write((writer) => writer.put('client_grant', grant.id, grant));
    const json = await request(tenant, { audience: tenant.api.identifier });
    const { status, body } = await tenant.send('POST', '/oauth/token', { json });
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('scope');
    expect(claimsOf(body.access_token)).not.toHaveProperty('scope');
  });

  it('of a client without the grant type is refused, with a link to the documentation', async () => {
    const tenant = await testTenant();
    const { client_id, client_secret } = tenant.app;
    const answer = await tenant.send('POST', '/oauth/token', {
      json: await request(tenant, { client_id, client_secret }),
    });
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual({
      error: 'unauthorized_client',
      error_description: "Grant type 'client_credentials' not allowed for the client.",
      error_uri: 'https://auth0.com/docs/clients/client-grant-types',
    });
  });

  it.each([
    ['broken JSON', '{', 'application/json'],
    ['an array', '[]', 'application/json'],
    ['another type', '{}', 'text/plain', 415],
    ['a parameter twice', 'grant_type=a&grant_type=a', 'application/x-www-form-urlencoded'],
  ])('that is %s is refused', async (_, text, type, status = 400) => {
    const tenant = await testTenant();
    const answer = await tenant.send('POST', '/oauth/token', { text, headers: { 'content-type': type } });
    expect(answer).toMatchObject({ status, body: { error: 'invalid_request' } });
  });

  it('never returns the secret in a refusal', async () => {
    const tenant = await testTenant();
    const json = await request(tenant, { client_secret: 'do-not-repeat' });
    const { body } = await tenant.send('POST', '/oauth/token', { json });
    expect(JSON.stringify(body)).not.toContain('do-not-repeat');
  });
});
