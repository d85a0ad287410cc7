import { describe, expect, it } from 'vitest';
import { type Send, type TestTenant, testTenant } from '../../support/local.ts';

type Endpoint = readonly [method: string, path: string, members: object, accepted: number];

/** Endpoints with a body that is valid as a form and as JSON; only whether it is read matters. */
const endpoints: readonly Endpoint[] = [
  ['POST', '/anonymous/token', { client_id: 'x' }, 401],
  ['POST', '/anonymous/logout', {}, 204],
  ['POST', '/oauth/token', { grant_type: 'client_credentials', client_id: 'x' }, 401],
  ['POST', '/api/v2/clients', { name: 'a' }, 201],
  ['PATCH', '/api/v2/clients/APP', { name: 'a' }, 200],
  ['POST', '/api/v2/resource-servers', { identifier: 'a' }, 201],
  ['PATCH', '/api/v2/tenants/settings', { friendly_name: 'a' }, 200],
  ['POST', '/api/v2/client-grants', { client_id: 'nobody', audience: 'https://api.shop.example' }, 404],
];

async function tenantFor([, path]: Endpoint): Promise<{ tenant: TestTenant; send: Send; at: string }> {
  const tenant = await testTenant({ edition: 'ea' });
  const send = path.startsWith('/api/v2') ? await tenant.management() : tenant.send;
  return { tenant, send, at: path.replace('APP', tenant.app.client_id) };
}

const untold = 'Content-Type must be application/json or application/x-www-form-urlencoded, in UTF-8.';

describe.each(endpoints)('%s %s', (...endpoint) => {
  const [method, path, members, accepted] = endpoint;

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'application/json; odata=verbose',
  ])('reads JSON with Content-Type %s', async (type) => {
    const { send, at } = await tenantFor(endpoint);
    const headers = { 'content-type': type };
    expect((await send(method, at, { text: JSON.stringify(members), headers })).status).toBe(accepted);
  });

  it.each(['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded;charset=UTF-8'])(
    'reads a form with Content-Type %s',
    async (type) => {
      const { send, at } = await tenantFor(endpoint);
      const form = { ...members } as Record<string, string>;
      expect((await send(method, at, { form, headers: { 'content-type': type } })).status).toBe(accepted);
    },
  );

  it.each([
    ['text/plain', untold],
    ['text/plain;charset=UTF-8', untold],
    ['multipart/form-data; boundary=a', untold],
    ['application/xml', untold],
    ['application/vnd.api+json', untold],
    ['application/json5', untold],
    ['application/octet-stream', untold],
    ['application/json, text/plain', untold],
    ['application/json; charset=utf-16', untold],
    ['application/x-www-form-urlencoded; charset=iso-8859-1', untold],
    ['json', untold],
  ])('refuses %s with 415, in its error format', async (type, message) => {
    const { tenant, send, at } = await tenantFor(endpoint);
    const before = (await tenant.store.list('client')).length;
    const headers = { 'content-type': type };
    const { status, body } = await send(method, at, { text: JSON.stringify(members), headers });
    expect(status).toBe(415);
    expect(body).toEqual(
      path.startsWith('/api/v2')
        ? { statusCode: 415, error: 'Unsupported Media Type', message, errorCode: 'invalid_body' }
        : { error: 'invalid_request', error_description: message },
    );
    expect(await tenant.store.list('client')).toHaveLength(before);
  });

  it('refuses a compressed body with 415', async () => {
    const { send, at } = await tenantFor(endpoint);
    const headers = { 'content-encoding': 'gzip' };
    expect(await send(method, at, { text: JSON.stringify(members), headers })).toMatchObject({ status: 415 });
  });
});

it('the scope is checked before the body', async () => {
  const { send } = await testTenant();
  const headers = { 'content-type': 'text/plain' };
  expect(await send('POST', '/api/v2/clients', { text: 'a', headers })).toMatchObject({ status: 401 });
});
