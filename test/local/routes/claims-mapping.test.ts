import { describe, expect, it } from 'vitest';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { claimsOf, openTenant, type TestTenant } from '../../support/local.ts';

interface Mapping {
  name?: unknown;
  expression?: unknown;
}

const places = {
  preview: {
    maxClaims: 10,
    member: 'access_token.custom_claim_mappings',
    path: ({ app }: TestTenant) => `/api/v2/clients/${app.client_id}`,
    body: (list: unknown) => ({ access_token: { custom_claim_mappings: list } }),
    otherPath: ({ api }: TestTenant) => `/api/v2/resource-servers/${api.id}`,
    create: ['/api/v2/clients', { name: 'new' }],
  },
  ea: {
    maxClaims: 20,
    member: 'access_token.claims_mapping.custom_claims',
    path: ({ api }: TestTenant) => `/api/v2/resource-servers/${api.id}`,
    body: (list: unknown) => ({ access_token: { claims_mapping: { custom_claims: list } } }),
    otherPath: ({ app }: TestTenant) => `/api/v2/clients/${app.client_id}`,
    create: ['/api/v2/resource-servers', { identifier: 'urn:new' }],
  },
} as const;

const user = { name: 'guest', expression: 'anonymous_session.user_id' };
const many = (count: number) => Array.from({ length: count }, (_, index) => ({ ...user, name: `c${index}` }));

/** The claims of an access token for a session with this metadata and these mappings. */
async function tokenClaims(edition: EditionName, list: readonly Mapping[], members: JsonObject): Promise<JsonObject> {
  const tenant = await openTenant({ edition });
  const manage = await tenant.management();
  const { path, body } = places[edition];
  expect(await manage('PATCH', path(tenant), { json: body(list) })).toMatchObject({ status: 200 });
  return claimsOf((await tenant.session(members)).access_token);
}

describe.each(['preview', 'ea'] as const)('claims mapping in edition %s', (edition) => {
  const { maxClaims, member, path, body, otherPath, create } = places[edition];

  async function patch(list: unknown) {
    const tenant = await openTenant({ edition });
    return (await tenant.management())('PATCH', path(tenant), { json: body(list) });
  }

  it('is saved, shown, replaced as a whole and cleared', async () => {
    const tenant = await openTenant({ edition });
    const manage = await tenant.management();
    const shown = async () => (await manage('GET', path(tenant))).body.access_token;
    expect(await shown()).toBeUndefined();
    const answer = await manage('PATCH', path(tenant), { json: body([user, { ...user, name: 'Guest' }]) });
    expect(answer).toMatchObject({ status: 200, body: body([user, { ...user, name: 'Guest' }]) });
    await manage('PATCH', path(tenant), { json: body([user]) });
    expect({ access_token: await shown() }).toEqual(body([user]));
    await manage('PATCH', path(tenant), { json: body([]) });
    expect({ access_token: await shown() }).toEqual(body([]));
    await manage('PATCH', path(tenant), { json: { access_token: null } });
    expect(await shown()).toBeUndefined();
  });

  it('can be set at creation', async () => {
    const manage = await (await openTenant({ edition })).management();
    const [at, members] = create;
    expect(await manage('POST', at, { json: { ...members, ...body([user]) } })).toMatchObject({
      status: 201,
      body: body([user]),
    });
    expect(await manage('POST', at, { json: { ...members, ...body([{ ...user, name: 'sub' }]) } })).toMatchObject({
      status: 400,
      body: { errorCode: 'invalid_body' },
    });
  });

  it('belongs to one kind of object only', async () => {
    const tenant = await openTenant({ edition });
    const manage = await tenant.management();
    expect(await manage('PATCH', otherPath(tenant), { json: body([user]) })).toMatchObject({
      status: 400,
      body: { message: "Payload validation error: 'Additional properties not allowed: access_token'." },
    });
  });

  it('may have as many claims as allowed and no more', async () => {
    expect(await patch(many(maxClaims))).toMatchObject({ status: 200 });
    expect(await patch(many(maxClaims + 1))).toMatchObject({
      status: 400,
      body: {
        message: `Payload validation error: 'Array is too long (${maxClaims + 1}), maximum ${maxClaims}' on property ${member}.`,
      },
    });
  });

  it.each<[string, unknown, string]>([
    ['a name twice', [user, user], 'Claim names are not unique'],
    ['a reserved name', [{ ...user, name: 'sub' }], 'Reserved claim name'],
    ['a reserved name in other case', [{ ...user, name: 'SCOPE' }], 'Reserved claim name'],
    ['a name that reaches a prototype', [{ ...user, name: '__proto__' }], 'Reserved claim name'],
    ['no name', [{ expression: user.expression }], 'Missing required property: name'],
    ['an empty name', [{ ...user, name: '' }], 'String is too short'],
    ['a name that is too long', [{ ...user, name: 'a'.repeat(256) }], 'String is too long'],
    ['a name that is no text', [{ ...user, name: 1 }], 'Expected type string but found type integer'],
    ['no expression', [{ name: 'guest' }], 'Missing required property: expression'],
    ['logic', [{ ...user, expression: "anonymous_session.user_id || 'x'" }], 'format claim-expression'],
    ['another root', [{ ...user, expression: 'client.name' }], 'format claim-expression'],
    ['the whole session', [{ ...user, expression: 'anonymous_session' }], 'format claim-expression'],
    ['an attribute that there is not', [{ ...user, expression: 'anonymous_session.exp' }], 'format claim-expression'],
    ['an expression that is too long', [{ ...user, expression: `${user.expression}${'a'.repeat(250)}` }], 'too long'],
    ['another member', [{ ...user, value: 'x' }], 'Additional properties not allowed: value'],
    ['an object', { ...user }, 'Expected type array but found type object'],
  ])('refuses %s', async (_, list, problem) => {
    const { status, body: refusal } = await patch(list);
    expect({ status, errorCode: refusal.errorCode }).toEqual({ status: 400, errorCode: 'invalid_body' });
    expect(refusal.message).toContain(problem);
  });

  it('adds values of the session to access tokens', async () => {
    const list = [
      user,
      { name: 'sid_of_guest', expression: 'anonymous_session.session_id' },
      { name: 'since', expression: 'anonymous_session.created_at' },
      { name: 'https://shop.example/language', expression: 'anonymous_session.metadata.language' },
      { name: 'items', expression: 'anonymous_session.metadata.items' },
      { name: 'all', expression: 'anonymous_session.metadata' },
      { name: 'country', expression: 'anonymous_session.metadata.country' },
    ];
    const metadata = { language: 'en', items: 3 };
    const claims = await tokenClaims(edition, list, { metadata });
    const { guest, sid_of_guest, since, all, items, 'https://shop.example/language': language, ...service } = claims;
    expect(Object.keys(service)).toEqual(['iss', 'sub', 'aud', 'iat', 'exp', 'scope', 'azp', 'jti']);
    expect({ language, items, all }).toEqual({ language: 'en', items: 3, all: metadata });
    expect(guest).toBe(service.sub);
    expect(sid_of_guest).toMatch(/^sess_/);
    expect(since).toBe(edition === 'ea' ? service.iat : '2026-06-01T12:00:00.000Z');
  });

  it('never sets a claim of the service, however the mapping got there', async () => {
    const tenant = await openTenant({ edition });
    const plain = Object.keys(claimsOf((await tenant.session()).access_token));
    const list = [...plain, 'gty'].map((name) => ({ name, expression: 'anonymous_session.metadata.x' }));
    if (edition === 'ea') await tenant.change('resource_server', tenant.api.id, body(list));
    else await tenant.change('client', tenant.app.client_id, body(list));
    const claims = claimsOf((await tenant.session({ metadata: { x: 'forged' } })).access_token);
    expect(Object.keys(claims)).toEqual(plain);
    expect(JSON.stringify(claims)).not.toContain('forged');
  });

  it('applies to sessions from before a change', async () => {
    const tenant = await openTenant({ edition });
    const first = await tenant.session({ metadata: { language: 'en' } });
    const manage = await tenant.management();
    const expression = 'anonymous_session.metadata.language';
    await manage('PATCH', path(tenant), { json: body([{ name: 'language', expression }]) });
    const next = await tenant.session({ session_token: first.session_token });
    expect(claimsOf(first.access_token).language).toBeUndefined();
    expect(claimsOf(next.access_token).language).toBe('en');
  });
});

it('edition preview reads nested metadata, and omits a claim whose value is null or missing', async () => {
  const list = ['cart.items', 'cart.note', 'cart.none', 'list.0'].map((path) => ({
    name: path,
    expression: `anonymous_session.metadata.${path}`,
  }));
  const claims = await tokenClaims('preview', list, { metadata: { cart: { items: 3, note: null }, list: ['a'] } });
  expect(claims).toMatchObject({ 'cart.items': 3 });
  for (const name of ['cart.note', 'cart.none', 'list.0']) expect(claims).not.toHaveProperty([name]);
});

it('edition ea maps for the guests of every application that requests the API', async () => {
  const tenant = await openTenant({ edition: 'ea' });
  const manage = await tenant.management();
  await manage('PATCH', places.ea.path(tenant), { json: places.ea.body([user]) });
  const { body: other } = await manage('POST', '/api/v2/clients', {
    json: {
      name: 'other',
      app_type: 'spa',
      token_endpoint_auth_method: 'none',
      oidc_conformant: true,
      anonymous_sessions: { active: true },
    },
  });
  await tenant.grantGuests(other.client_id);
  const claims = claimsOf((await tenant.session({ client_id: other.client_id })).access_token);
  expect(claims.guest).toBe(claims.sub);
});
