import { describe, expect, it } from 'vitest';
import { globalClient, testTenant } from '../../support/local.ts';
import { payloadError } from '../../support/payload-error.ts';

const path = '/api/v2/clients';
const inexistent = {
  statusCode: 404,
  error: 'Not Found',
  message: 'The client does not exist',
  errorCode: 'inexistent_client',
};
const nameOf = (client: { name: string }) => client.name;

/** A tenant with the applications `a`, `b` and `c` in addition to the two of every new tenant. */
async function withClients() {
  const tenant = await testTenant();
  const manage = await tenant.management();
  await manage('POST', path, { json: { name: 'a', app_type: 'native', is_first_party: false } });
  await manage('POST', path, { json: { name: 'b', app_type: 'regular_web' } });
  await manage('POST', path, { json: { name: 'c' } });
  return { tenant, manage };
}

describe('listing clients', () => {
  it.each([
    ['all', '', ['All Applications', 'web', 'a', 'b', 'c']],
    ['those of the tenant itself', '?is_global=true', ['All Applications']],
    ['those that are applications', '?is_global=false', ['web', 'a', 'b', 'c']],
    ['those of others', '?is_first_party=false', ['a']],
    ['those of some types', '?app_type=spa,native', ['web', 'a']],
    ['the first page', '?page=0&per_page=2', ['All Applications', 'web']],
    ['the last page', '?page=2&per_page=2', ['c']],
    ['nothing past the end', '?page=3&per_page=2', []],
  ])('returns an array of %s', async (_, query, names) => {
    const { manage } = await withClients();
    const { status, body } = await manage('GET', `${path}${query}`);
    expect(status).toBe(200);
    expect(body.map(nameOf)).toEqual(names);
  });

  it.each([
    ['page=0&per_page=2', { total: 5, start: 0, limit: 2 }, ['All Applications', 'web']],
    ['page=2&per_page=2', { total: 5, start: 4, limit: 2 }, ['c']],
    ['page=9&per_page=2', { total: 5, start: 18, limit: 2 }, []],
    ['is_global=false', { total: 4, start: 0, limit: 50 }, ['web', 'a', 'b', 'c']],
  ])('returns a page with its totals: %s', async (query, totals, names) => {
    const { manage } = await withClients();
    const { clients, ...others } = (await manage('GET', `${path}?include_totals=true&${query}`)).body;
    expect(others).toEqual(totals);
    expect(clients.map(nameOf)).toEqual(names);
  });

  it('returns pages with a next checkpoint until the last', async () => {
    const { manage } = await withClients();
    const first = (await manage('GET', `${path}?take=3&include_totals=true`)).body;
    expect(Object.keys(first)).toEqual(['clients', 'next']);
    const second = (await manage('GET', `${path}?take=3&from=${first.next}`)).body;
    expect(Object.keys(second)).toEqual(['clients']);
    expect(Object.keys((await manage('GET', `${path}?take=5`)).body)).toEqual(['clients']);
    expect([...first.clients, ...second.clients].map(nameOf)).toEqual(['All Applications', 'web', 'a', 'b', 'c']);
  });

  it('returns only the requested fields, or all others', async () => {
    const { manage } = await withClients();
    const { body: named } = await manage('GET', `${path}?fields=name,client_id&per_page=1`);
    expect(Object.keys(named[0]).sort()).toEqual(['client_id', 'name']);
    const { body: others } = await manage('GET', `${path}?fields=name,client_id&include_fields=false&per_page=1`);
    expect(others[0]).toHaveProperty('grant_types');
    expect(others[0]).not.toHaveProperty('name');
  });

  it.each([
    'page=-1',
    'page=a',
    'page=',
    'per_page=101',
    'per_page=1.5',
    'take=0',
    'take=101',
    'take=1&from=x',
    'is_global=1',
    'is_first_party=',
  ])('is refused with %s', async (query) => {
    const manage = await (await testTenant()).management();
    expect(await manage('GET', `${path}?${query}`)).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^Query validation error: '/), errorCode: 'invalid_query_string' },
    });
  });
});

describe('the secret of a client', () => {
  it.each([
    ['read:clients', false],
    ['read:client_summary', false],
    ['read:client_keys', true],
    ['read:client_credentials', true],
  ])('with %s: %s', async (scope, sees) => {
    const tenant = await testTenant();
    const read = await tenant.management(scope);
    const one = (await read('GET', `${path}/${tenant.app.client_id}`)).body;
    const all = (await read('GET', path)).body;
    for (const client of [one, ...all]) expect('client_secret' in client).toBe(sees);
    const asked = await read('GET', `${path}/${tenant.app.client_id}?fields=client_secret`);
    expect(asked).toMatchObject(sees ? { status: 200 } : { status: 403, body: { errorCode: 'insufficient_scope' } });
    expect((await read('GET', `${path}?fields=name,client_secret`)).status).toBe(sees ? 200 : 403);
    expect((await read('GET', `${path}?fields=client_secret&include_fields=false`)).status).toBe(200);
  });

  it.each([
    ['read:client_summary', ['client_id', 'name']],
    ['read:client_credentials', ['client_id', 'client_secret', 'name']],
  ])('with %s alone little more than the name is visible', async (scope, members) => {
    const { tenant, manage } = await withClients();
    const { body } = await manage('POST', path, { json: { name: 'quiet', client_metadata: { a: 'b' } } });
    const read = await tenant.management(scope);
    expect(Object.keys((await read('GET', `${path}/${body.client_id}`)).body).sort()).toEqual(members);
    expect(await read('GET', `${path}?fields=name,grant_types`)).toMatchObject({ status: 403 });
    expect(await read('GET', `${path}?fields=name,app_type`)).toMatchObject({ status: 200 });
  });

  it('is visible once to its creator', async () => {
    const tenant = await testTenant();
    const make = await tenant.management('create:clients', 'read:clients', 'update:clients');
    const { body } = await make('POST', path, { json: { name: 'a' } });
    expect(body.client_secret).toMatch(/^[\w-]{64}$/);
    expect((await make('GET', `${path}/${body.client_id}`)).body).not.toHaveProperty('client_secret');
    const changed = await make('PATCH', `${path}/${body.client_id}`, { json: { name: 'b' } });
    expect(changed.body).not.toHaveProperty('client_secret');
  });
});

describe('creating a client', () => {
  it("returns it with the service's defaults", async () => {
    const { manage } = await withClients();
    const { status, body } = await manage('POST', path, { json: { name: 'shop' } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: 'shop',
      global: false,
      is_first_party: true,
      oidc_conformant: false,
      grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
      jwt_configuration: { secret_encoded: false, lifetime_in_seconds: 36_000 },
      client_id: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
      client_secret: expect.any(String),
    });
    expect(body).not.toHaveProperty('app_type');
    expect((await manage('GET', `${path}/${body.client_id}`)).body).toEqual(body);
  });

  it('accepts the toggle for guests, and the name of another client', async () => {
    const { manage } = await withClients();
    const json = { name: 'a', can_create_anonymous_sessions: true };
    expect(await manage('POST', path, { json })).toMatchObject({ status: 201, body: json });
  });

  it('gives a public client no client_credentials grant, and refuses a request for it', async () => {
    const { manage } = await withClients();
    const json = { name: 'spa', token_endpoint_auth_method: 'none' };
    expect((await manage('POST', path, { json })).body.grant_types).not.toContain('client_credentials');
    expect(await manage('POST', path, { json: { ...json, grant_types: ['client_credentials'] } })).toMatchObject({
      status: 400,
      body: { message: 'Invalid grant types: client_credentials' },
    });
  });

  it.each([
    [{}, 'Missing required property: name'],
    [{ name: 'a', client_id: 'b' }, 'Additional properties not allowed: client_id'],
    [
      { name: 'a', can_create_anonymous_sessions: 1 },
      'Expected type boolean but found type integer on property can_create_anonymous_sessions',
    ],
  ])('is refused with %j', async (json, problem) => {
    const { manage } = await withClients();
    const { body } = await manage('POST', path, { json });
    expect(body).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: payloadError(problem),
      errorCode: 'invalid_body',
    });
    expect((await manage('GET', path)).body).toHaveLength(5);
  });
});

describe('changing a client', () => {
  it('changes only what is sent', async () => {
    const tenant = await testTenant();
    const manage = await tenant.management();
    const { body: before } = await manage('GET', `${path}/${tenant.app.client_id}`);
    const json = { can_create_anonymous_sessions: true, callbacks: ['https://a.example'] };
    const { status, body } = await manage('PATCH', `${path}/${tenant.app.client_id}`, { json });
    expect(status).toBe(200);
    expect(body).toEqual({ ...before, ...json });
    expect((await manage('GET', `${path}/${tenant.app.client_id}`)).body).toEqual(body);
  });

  it('merges nested objects one level deep, replaces lists, and removes members with null', async () => {
    const tenant = await testTenant();
    const manage = await tenant.management();
    const json = { jwt_configuration: { alg: null, scopes: {} }, grant_types: [], refresh_token: null };
    const { body } = await manage('PATCH', `${path}/${tenant.app.client_id}`, { json });
    expect(body.jwt_configuration).toEqual({ lifetime_in_seconds: 36_000, secret_encoded: false, scopes: {} });
    expect(body.grant_types).toEqual([]);
    expect(body).not.toHaveProperty('refresh_token');
  });

  it('accepts a new secret only with the scope for keys', async () => {
    const tenant = await testTenant();
    const one = `${path}/${tenant.app.client_id}`;
    const json = { client_secret: 'a-new-secret' };
    const update = await tenant.management('update:clients');
    expect(await update('PATCH', one, { json })).toMatchObject({
      status: 403,
      body: { message: 'Insufficient scope, expected any of: update:client_keys', errorCode: 'insufficient_scope' },
    });
    const rotate = await tenant.management('update:client_keys', 'read:client_keys');
    expect(await rotate('PATCH', one, { json })).toMatchObject({ status: 200, body: json });
  });

  it.each([
    [
      'unknown members',
      { client_id: 'other' },
      "Payload validation error: 'Additional properties not allowed: client_id'.",
    ],
    ['a grant it cannot use', { grant_types: ['client_credentials'] }, 'Invalid grant types: client_credentials'],
  ])('is refused with %s', async (_, json, message) => {
    const tenant = await testTenant();
    const manage = await tenant.management();
    const answer = await manage('PATCH', `${path}/${tenant.app.client_id}`, { json });
    expect(answer).toMatchObject({ status: 400, body: { message, errorCode: 'invalid_body' } });
  });
});

describe('the toggle for guests in edition ea', () => {
  const active = { anonymous_sessions: { active: true } };
  const refusal = {
    status: 400,
    body: { message: 'Anonymous sessions can only be active for a client that is OIDC conformant.' },
  };

  it('is for clients that are OIDC conformant', async () => {
    const manage = await (await testTenant({ edition: 'ea' })).management();
    expect(await manage('POST', path, { json: { name: 'a', ...active } })).toMatchObject(refusal);
    const json = { name: 'a', oidc_conformant: true, ...active };
    expect(await manage('POST', path, { json })).toMatchObject({ status: 201, body: json });
    expect(await manage('POST', path, { json: { name: 'b', anonymous_sessions: { active: false } } })).toMatchObject({
      status: 201,
    });
  });

  it('and an enabled client cannot give up its conformance', async () => {
    const tenant = await testTenant({ edition: 'ea' });
    const manage = await tenant.management();
    const one = `${path}/${tenant.app.client_id}`;
    const change = (json: object) => manage('PATCH', one, { json });
    expect(await change({ ...active, oidc_conformant: false })).toMatchObject(refusal);
    expect(await change(active)).toMatchObject({ status: 200, body: active });
    expect(await change({ oidc_conformant: false })).toMatchObject(refusal);
    expect(await change({ oidc_conformant: null })).toMatchObject(refusal);
    expect((await manage('GET', one)).body).toMatchObject({ ...active, oidc_conformant: true });
    expect((await change({ anonymous_sessions: null })).body).not.toHaveProperty('anonymous_sessions');
    expect(await change({ oidc_conformant: false })).toMatchObject({ status: 200 });
    expect(await change(active)).toMatchObject(refusal);
  });

  it.each([
    [{ anonymous_sessions: {} }, 'Missing required property: active on property anonymous_sessions'],
    [
      { anonymous_sessions: { active: 1 } },
      'Expected type boolean but found type integer on property anonymous_sessions.active',
    ],
    [
      { anonymous_sessions: { active: true, on: 1 } },
      'Additional properties not allowed: on on property anonymous_sessions',
    ],
    [{ can_create_anonymous_sessions: true }, 'Additional properties not allowed: can_create_anonymous_sessions'],
  ])('is refused as %j', async (json, problem) => {
    const manage = await (await testTenant({ edition: 'ea' })).management();
    const { status, body } = await manage('POST', path, { json: { name: 'a', oidc_conformant: true, ...json } });
    expect([status, body.message]).toEqual([400, payloadError(problem)]);
  });
});

describe('the URLs of a client', () => {
  const lists = ['callbacks', 'web_origins', 'allowed_origins', 'allowed_logout_urls'] as const;
  const change = async (json: object) => {
    const tenant = await testTenant();
    return (await tenant.management())('PATCH', `${path}/${tenant.app.client_id}`, { json });
  };

  it.each(lists)('are saved as they were sent: %s', async (member) => {
    const urls = [
      'https://a.example',
      'HTTPS://A.Example:443/',
      'http://localhost:3000/back?from=here',
      'https://*.a.example',
      'https://{organization_name}.a.example',
      'https://*.com',
      'http://localhost:*',
      'com.example.app:/back',
      'capacitor://localhost',
    ];
    const { status, body } = await change({ [member]: urls });
    expect([status, body[member]]).toEqual([200, urls]);
    expect((await change({ [member]: [] })).body[member]).toEqual([]);
  });

  it.each(
    lists.flatMap((member) =>
      [
        '',
        'nonsense',
        'localhost:3000',
        '*.a.example',
        '//a.example',
        'https://',
        'https://a b',
        'http://a.example:*',
      ].map((url) => [member, url] as const),
    ),
  )('are refused where they are none: %s %j', async (member, url) => {
    const format = member === 'callbacks' ? 'callback-url' : 'url-with-placeholders';
    const { status, body } = await change({ [member]: ['https://a.example', url] });
    expect([status, body.errorCode]).toEqual([400, 'invalid_body']);
    expect(body.message).toBe(
      payloadError(`Object didn't pass validation for format ${format}: ${url} on property ${member}[1]`),
    );
  });

  it.each(lists)('are at most 100: %s', async (member) => {
    const urls = (count: number) => [...Array(count).keys()].map((n) => `https://${n}.example`);
    expect(await change({ [member]: urls(100) })).toMatchObject({ status: 200 });
    const { status, body } = await change({ [member]: urls(101) });
    const problem = `Array is too long (101), maximum 100 on property ${member}`;
    expect([status, body.message]).toEqual([400, payloadError(problem)]);
  });
});

describe('removing a client', () => {
  it('returns no content, also when repeated', async () => {
    const tenant = await testTenant();
    const manage = await tenant.management();
    for (const _ of ['first', 'second']) {
      const { status, body } = await manage('DELETE', `${path}/${tenant.app.client_id}`);
      expect([status, body]).toEqual([204, {}]);
    }
    expect(await manage('GET', `${path}/${tenant.app.client_id}`)).toMatchObject({ status: 404, body: inexistent });
  });

  it('removes its grants', async () => {
    const tenant = await testTenant();
    await tenant.management('read:clients');
    const manage = await tenant.management();
    await manage('DELETE', `${path}/${encodeURIComponent('machine read:clients')}`);
    expect((await tenant.store.list('client_grant')).map((grant) => grant.client_id)).toEqual([
      (await globalClient(tenant.store)).client_id,
    ]);
  });

  it('is refused for the global client', async () => {
    const tenant = await testTenant();
    const manage = await tenant.management();
    const { client_id } = await globalClient(tenant.store);
    expect(await manage('DELETE', `${path}/${client_id}`)).toMatchObject({ status: 400 });
    expect(await manage('GET', `${path}/${client_id}`)).toMatchObject({ status: 200 });
  });
});

it.each(['GET', 'PATCH'])('%s of a client that does not exist returns 404', async (method) => {
  const manage = await (await testTenant()).management();
  for (const id of ['nobody', '%E0%A4%A', 'a%2Fb']) {
    const json = method === 'PATCH' ? { name: 'a' } : undefined;
    expect(await manage(method, `${path}/${id}`, { json })).toMatchObject({ status: 404, body: inexistent });
  }
});
