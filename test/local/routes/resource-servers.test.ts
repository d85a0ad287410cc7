import { describe, expect, it } from 'vitest';
import { testTenant } from '../../support/local.ts';
import { payloadError } from '../../support/payload-error.ts';

const path = '/api/v2/resource-servers';
const identifier = 'https://api.shop.example';
const management = 'https://localhost:4400/api/v2/';
const inexistent = {
  statusCode: 404,
  error: 'Not Found',
  message: 'The resource server does not exist',
  errorCode: 'inexistent_resource_server',
};

/** Every way to write the sample API's identifier in a path. Go does not escape the colon, Node.js does. */
const spellings = ['https%3A%2F%2Fapi.shop.example', 'https:%2F%2Fapi.shop.example'];

describe('addressing a resource server', () => {
  it.each(spellings)('works by its identifier, written %s', async (spelling) => {
    const tenant = await testTenant();
    const manage = await tenant.management();
    const byId = await manage('GET', `${path}/${tenant.api.id}`);
    expect(byId).toMatchObject({ status: 200, body: { id: tenant.api.id, identifier } });
    expect((await manage('GET', `${path}/${spelling}`)).body).toEqual(byId.body);
    expect((await manage('PATCH', `${path}/${spelling}`, { json: { name: 'b' } })).body.name).toBe('b');
    expect(await manage('DELETE', `${path}/${spelling}`)).toMatchObject({ status: 204 });
    expect(await manage('GET', `${path}/${tenant.api.id}`)).toMatchObject({ status: 404 });
  });

  it('works by an identifier that contains an escape sequence', async () => {
    const manage = await (await testTenant()).management();
    const json = { identifier: 'https://a.example/?q=%2F 100% é' };
    await manage('POST', path, { json });
    expect(await manage('GET', `${path}/${encodeURIComponent(json.identifier)}`)).toMatchObject({
      status: 200,
      body: json,
    });
  });

  it.each(['GET', 'PATCH'])('returns 404 from %s when it does not exist', async (method) => {
    const manage = await (await testTenant()).management();
    const json = method === 'PATCH' ? { name: 'a' } : undefined;
    const answer = await manage(method, `${path}/https%3A%2F%2Fnobody.example`, { json });
    expect(answer).toMatchObject({ status: 404, body: inexistent });
  });
});

describe('listing resource servers', () => {
  it('returns an array, the Management API first', async () => {
    const manage = await (await testTenant()).management();
    const { status, body } = await manage('GET', path);
    expect(status).toBe(200);
    expect(body).toMatchObject([
      { name: 'Auth0 Management API', identifier: management, is_system: true },
      { name: 'shop', identifier },
    ]);
  });

  it.each([
    ['page=0&per_page=1', { total: 2, start: 0, limit: 1 }, [management]],
    ['page=1&per_page=1', { total: 2, start: 1, limit: 1 }, [identifier]],
    ['page=2&per_page=1', { total: 2, start: 2, limit: 1 }, []],
    [`identifiers=${encodeURIComponent(identifier)}`, { total: 1, start: 0, limit: 50 }, [identifier]],
    [`identifiers=a&identifiers=${encodeURIComponent(identifier)}`, { total: 1, start: 0, limit: 50 }, [identifier]],
    ['identifiers=a', { total: 0, start: 0, limit: 50 }, []],
  ])('returns a page with its totals: %s', async (query, totals, identifiers) => {
    const manage = await (await testTenant()).management();
    const { resource_servers: servers, ...others } = (await manage('GET', `${path}?include_totals=true&${query}`)).body;
    expect(others).toEqual(totals);
    expect(servers.map((server: { identifier: string }) => server.identifier)).toEqual(identifiers);
  });

  it('returns only the requested fields', async () => {
    const manage = await (await testTenant()).management();
    const { body } = await manage('GET', `${path}?fields=identifier`);
    expect(body).toEqual([{ identifier: management }, { identifier }]);
  });
});

describe('creating a resource server', () => {
  it("returns it with the service's defaults", async () => {
    const manage = await (await testTenant()).management();
    const { status, body } = await manage('POST', path, { json: { identifier: 'urn:b' } });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      identifier: 'urn:b',
      allow_offline_access: false,
      skip_consent_for_verifiable_first_party_clients: false,
      subject_type_authorization: { client: { policy: 'require_client_grant' }, user: { policy: 'allow_all' } },
      token_lifetime: 86_400,
      token_lifetime_for_web: 7200,
      signing_alg: 'RS256',
    });
    expect((await manage('GET', `${path}/${body.id}`)).body).toEqual(body);
  });

  it('accepts the settings for guests', async () => {
    const manage = await (await testTenant()).management();
    const json = {
      identifier: 'urn:b',
      scopes: [{ value: 'read:a', description: 'Read' }],
      allow_anonymous_access: true,
      anonymous_access_scopes: ['read:a'],
      token_lifetime_for_anonymous_access: 600,
    };
    expect(await manage('POST', path, { json })).toMatchObject({ status: 201, body: json });
  });

  it.each([identifier, management])('is refused with 409 when %s is taken', async (taken) => {
    const manage = await (await testTenant()).management();
    const { status, body } = await manage('POST', path, { json: { identifier: taken } });
    expect(status).toBe(409);
    expect(body).toMatchObject({
      statusCode: 409,
      error: 'Conflict',
      message: 'A resource server with the same identifier already exists.',
    });
    expect((await manage('GET', path)).body).toHaveLength(2);
  });

  it.each([
    [{}, "Payload validation error: 'Missing required property: identifier'."],
    [{ identifier: 'a', id: 'b' }, "Payload validation error: 'Additional properties not allowed: id'."],
    [
      { identifier: 'a', token_lifetime_for_anonymous_access: 0 },
      "Payload validation error: 'Value 0 is less than minimum 1' on property token_lifetime_for_anonymous_access.",
    ],
    [{ identifier: 'a', anonymous_access_scopes: ['x'] }, 'Scopes not defined by the resource server: x'],
  ])('is refused with %j', async (json, message) => {
    const manage = await (await testTenant()).management();
    const { body } = await manage('POST', path, { json });
    expect(body).toEqual({ statusCode: 400, error: 'Bad Request', message, errorCode: 'invalid_body' });
  });
});

describe('changing a resource server', () => {
  it.each([
    ['its toggle', { allow_anonymous_access: true }],
    ['the scopes of guests', { anonymous_access_scopes: ['read:catalog'] }],
    ['its scopes and those of guests together', { scopes: [{ value: 'x' }], anonymous_access_scopes: ['x'] }],
    ['an object, whole', { subject_type_authorization: { user: { policy: 'deny_all' } } }],
  ])('changes only %s', async (_, json) => {
    const tenant = await testTenant();
    const manage = await tenant.management();
    const { body: before } = await manage('GET', `${path}/${tenant.api.id}`);
    const { status, body } = await manage('PATCH', `${path}/${tenant.api.id}`, { json });
    expect(status).toBe(200);
    expect(body).toEqual({ ...before, ...json });
    expect((await manage('GET', `${path}/${tenant.api.id}`)).body).toEqual(body);
  });

  it('removes a member with null', async () => {
    const tenant = await testTenant();
    const manage = await tenant.management();
    const lifetime = (value: number | null) => ({ json: { token_lifetime_for_anonymous_access: value } });
    expect((await manage('PATCH', `${path}/${tenant.api.id}`, lifetime(60))).body).toMatchObject(lifetime(60).json);
    expect((await manage('PATCH', `${path}/${tenant.api.id}`, lifetime(null))).body).not.toHaveProperty(
      'token_lifetime_for_anonymous_access',
    );
  });

  it.each([
    [{ identifier: 'b' }, "Payload validation error: 'Additional properties not allowed: identifier'."],
    [
      { allow_online_access: 'yes' },
      "Payload validation error: 'Expected type boolean but found type string' on property allow_online_access.",
    ],
    [
      { allow_online_access_with_ephemeral_sessions: 1 },
      "Payload validation error: 'Expected type boolean but found type integer' on property allow_online_access_with_ephemeral_sessions.",
    ],
    [
      { allow_anonymous_access: 'true' },
      "Payload validation error: 'Expected type boolean but found type string' on property allow_anonymous_access.",
    ],
    [{ anonymous_access_scopes: ['read:catalog', 'x', 'y'] }, 'Scopes not defined by the resource server: x, y'],
    [
      { scopes: [], anonymous_access_scopes: ['read:catalog'] },
      'Scopes not defined by the resource server: read:catalog',
    ],
  ])('is refused with %j', async (json, message) => {
    const tenant = await testTenant();
    const manage = await tenant.management();
    const { body } = await manage('PATCH', `${path}/${tenant.api.id}`, { json });
    expect(body).toEqual({ statusCode: 400, error: 'Bad Request', message, errorCode: 'invalid_body' });
  });
});

describe('removing a resource server', () => {
  it('returns no content, also when repeated', async () => {
    const tenant = await testTenant();
    const manage = await tenant.management();
    for (const _ of ['first', 'second']) {
      const { status, body } = await manage('DELETE', `${path}/${tenant.api.id}`);
      expect([status, body]).toEqual([204, {}]);
    }
    expect(await manage('GET', `${path}/${tenant.api.id}`)).toMatchObject({ status: 404, body: inexistent });
  });

  it('removes its grants, and no others', async () => {
    const tenant = await testTenant();
    const manage = await tenant.management();
    const before = await tenant.store.list('client_grant');
    const grant = { id: 'cgr_1', client_id: tenant.app.client_id, audience: identifier, scope: [] };
    await tenant.store.write((writer) => writer.put('client_grant', grant.id, grant));
    await manage('DELETE', `${path}/${tenant.api.id}`);
    expect(await tenant.store.list('client_grant')).toEqual(before);
  });
});

describe('the Management API itself', () => {
  const one = `${path}/${encodeURIComponent(management)}`;

  it('cannot be removed', async () => {
    const manage = await (await testTenant()).management();
    expect(await manage('DELETE', one)).toMatchObject({
      status: 400,
      body: { statusCode: 400, message: 'System resource servers cannot be deleted.' },
    });
    expect(await manage('GET', one)).toMatchObject({ status: 200 });
  });

  it('accepts another token lifetime', async () => {
    const manage = await (await testTenant()).management();
    const json = { token_lifetime: 3600 };
    expect(await manage('PATCH', one, { json })).toMatchObject({ status: 200, body: json });
  });

  it.each([
    ['scopes', []],
    ['name', 'mine'],
    ['allow_anonymous_access', true],
    ['anonymous_access_scopes', []],
  ])('does not accept another %s', async (member, value) => {
    const manage = await (await testTenant()).management();
    expect(await manage('PATCH', one, { json: { [member]: value } })).toMatchObject({
      status: 400,
      body: { message: `Payload validation error: 'Additional properties not allowed: ${member}'.` },
    });
  });
});

describe('the guest settings of a resource server in edition ea', () => {
  const path = '/api/v2/resource-servers';
  const guests = (policy: string) => ({ subject_type_authorization: { anonymous_user: { policy } } });

  it('are a policy that is always shown, and a lifetime once it is set', async () => {
    const manage = await (await testTenant({ edition: 'ea' })).management();
    const plain = await manage('POST', path, { json: { identifier: 'plain' } });
    expect(plain.body).toMatchObject({
      subject_type_authorization: {
        client: { policy: 'require_client_grant' },
        user: { policy: 'allow_all' },
        anonymous_user: { policy: 'deny_all' },
      },
    });
    expect(plain.body).not.toHaveProperty('token_lifetime_for_anonymous_access_tokens');
    const json = { token_lifetime_for_anonymous_access_tokens: 60, ...guests('require_client_grant') };
    const made = await manage('POST', path, { json: { identifier: 'open', allow_anonymous_access: true, ...json } });
    expect(made).toMatchObject({ status: 201, body: json });
    expect(made.body).not.toHaveProperty('allow_anonymous_access');
    const cleared = await manage('PATCH', `${path}/open`, {
      json: { token_lifetime_for_anonymous_access_tokens: null },
    });
    expect(cleared.body).not.toHaveProperty('token_lifetime_for_anonymous_access_tokens');
  });

  it('stay when a client sends back less than it read', async () => {
    const manage = await (await testTenant({ edition: 'ea' })).management();
    await manage('POST', path, { json: { identifier: 'open', ...guests('require_client_grant') } });
    const half = { subject_type_authorization: { user: { policy: 'allow_all' } } };
    const { body } = await manage('PATCH', `${path}/open`, { json: half });
    expect(body).toMatchObject({ ...half, ...guests('require_client_grant') });
    expect((await manage('GET', `${path}/open`)).body).toEqual(body);
  });

  it.each([
    [guests('allow_all'), 'No enum match for: allow_all on property subject_type_authorization.anonymous_user.policy'],
    [
      { subject_type_authorization: { guest: { policy: 'deny_all' } } },
      'Additional properties not allowed: guest on property subject_type_authorization',
    ],
    [
      { token_lifetime_for_anonymous_access_tokens: 0 },
      'Value 0 is less than minimum 1 on property token_lifetime_for_anonymous_access_tokens',
    ],
    [{ anonymous_access_scopes: [] }, 'Additional properties not allowed: anonymous_access_scopes'],
    [
      { token_lifetime_for_anonymous_access: 60 },
      'Additional properties not allowed: token_lifetime_for_anonymous_access',
    ],
  ])('are refused as %j', async (json, problem) => {
    const manage = await (await testTenant({ edition: 'ea' })).management();
    for (const [method, one, more] of [
      ['POST', path, { identifier: 'new' }],
      ['PATCH', `${path}/${encodeURIComponent('https://api.shop.example')}`, {}],
    ] as const) {
      const { status, body } = await manage(method, one, { json: { ...more, ...json } });
      expect([status, body.message]).toEqual([400, payloadError(problem)]);
    }
  });

  it('do not exist for the Management API itself', async () => {
    const tenant = await testTenant({ edition: 'ea' });
    const manage = await tenant.management();
    const system = `${path}/${encodeURIComponent(`${tenant.issuer}api/v2/`)}`;
    expect(await manage('PATCH', system, { json: guests('require_client_grant') })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('Additional properties not allowed: subject_type_authorization') },
    });
  });
});

it('at most ten identifiers can be requested at once', async () => {
  const manage = await (await testTenant()).management();
  const query = (count: number) => Array.from({ length: count }, (_, index) => `identifiers=${index}`).join('&');
  expect(await manage('GET', `/api/v2/resource-servers?${query(10)}`)).toMatchObject({ status: 200, body: [] });
  expect(await manage('GET', `/api/v2/resource-servers?${query(11)}`)).toMatchObject({
    status: 400,
    body: { errorCode: 'invalid_query_string' },
  });
});

it('a single resource server can be reduced to the requested fields too', async () => {
  const manage = await (await testTenant()).management();
  const one = `/api/v2/resource-servers/${encodeURIComponent('https://api.shop.example')}`;
  expect((await manage('GET', `${one}?fields=name,identifier`)).body).toEqual({
    identifier: 'https://api.shop.example',
    name: 'shop',
  });
  expect((await manage('GET', `${one}?fields=scopes&include_fields=false`)).body).not.toHaveProperty('scopes');
});
