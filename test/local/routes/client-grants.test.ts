import { describe, expect, it } from 'vitest';
import { setIssuer } from '../../../src/local/state/issuer.ts';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { globalClient, testTenant } from '../../support/local.ts';

const path = '/api/v2/client-grants';
const editions = ['preview', 'ea'] as const;
const other = 'https://api.news.example';

/** A tenant whose sample application has a grant for the sample API, in addition to the system grant. */
async function withGrant(edition: EditionName = 'ea', members: JsonObject = {}) {
  const tenant = await testTenant({ edition });
  const manage = await tenant.management();
  await manage('POST', '/api/v2/resource-servers', { json: { identifier: other, scopes: [{ value: 'read:news' }] } });
  const about = { client_id: tenant.app.client_id, audience: tenant.api.identifier };
  const make = (more: JsonObject) => manage('POST', path, { json: { ...about, ...more } });
  const made = await make({ scope: ['read:catalog'], ...members });
  expect(made.status).toBe(201);
  return { tenant, manage, about, make, grant: made.body, one: `${path}/${made.body.id}` };
}

const problem = (message: string) => ({
  status: 400,
  body: { statusCode: 400, error: 'Bad Request', message, errorCode: 'invalid_body' },
});
const inexistent = {
  statusCode: 404,
  error: 'Not Found',
  message: 'The grant does not exist.',
  errorCode: 'inexistent_client_grant',
};

describe.each(editions)('a client grant, edition %s', (edition) => {
  it('is for the application itself unless another subject is given, and can be read back', async () => {
    const { manage, about, grant, one } = await withGrant(edition);
    expect(grant).toEqual({
      id: expect.stringMatching(/^cgr_[A-Za-z0-9]{16}$/),
      ...about,
      scope: ['read:catalog'],
      subject_type: 'client',
    });
    expect(await manage('GET', one)).toMatchObject({ status: 200, body: grant });
  });

  it('exists once per application, API and subject', async () => {
    const { make, manage, tenant } = await withGrant(edition);
    expect(await make({ scope: ['write:cart'] })).toMatchObject({
      status: 409,
      body: { statusCode: 409, error: 'Conflict', message: expect.stringContaining('already exists') },
    });
    expect(await make({ subject_type: 'client' })).toMatchObject({ status: 409 });
    expect(await make({ subject_type: 'user' })).toMatchObject({ status: 201 });
    expect(await make({ audience: other })).toMatchObject({ status: 201 });
    const { body: client } = await manage('POST', '/api/v2/clients', { json: { name: 'b' } });
    expect(await make({ client_id: client.client_id })).toMatchObject({ status: 201 });
    expect(await tenant.store.list('client_grant')).toHaveLength(5);
  });

  it.each<[string, JsonObject, string]>([
    ['an API that is not there', { audience: 'https://nowhere.example' }, 'Resource server not found'],
    ['an application that is not there', { client_id: 'nobody' }, 'Client not found'],
  ])('is refused with 404 for %s', async (_, members, message) => {
    const { make } = await withGrant(edition);
    const answer = await make({ scope: [], ...members });
    expect(answer).toMatchObject({ status: 404, body: { statusCode: 404, error: 'Not Found', message } });
  });

  it.each<[JsonObject, string]>([
    [{ client_id: undefined }, "Payload validation error: 'Missing required property: client_id'."],
    [{ audience: undefined }, "Payload validation error: 'Missing required property: audience'."],
    [{ id: 'cgr_mine' }, "Payload validation error: 'Additional properties not allowed: id'."],
    [
      { scope: 'read:catalog' },
      "Payload validation error: 'Expected type array but found type string' on property scope.",
    ],
    [
      { scope: ['a', 'b', 'a'] },
      "Payload validation error: 'Array items are not unique (indexes 0 and 2)' on property scope.",
    ],
    [{ subject_type: 'guest' }, "Payload validation error: 'No enum match for: guest' on property subject_type."],
    [{ scope: ['read:news'] }, 'Scopes not defined by the resource server: read:news'],
    [{ scope: [], allow_all_scopes: true }, 'scope cannot be provided when allow_all_scopes is true.'],
    [
      { subject_type: 'user', organization_usage: 'allow' },
      'Organization settings are not allowed for subject_type user.',
    ],
    [
      { subject_type: 'user', allow_any_organization: false },
      'Organization settings are not allowed for subject_type user.',
    ],
  ])('is refused with 400: %j', async (members, message) => {
    const { make, tenant } = await withGrant(edition);
    const before = await tenant.store.list('client_grant');
    expect(await make({ audience: tenant.api.identifier, ...members })).toMatchObject(problem(message));
    expect(await tenant.store.list('client_grant')).toEqual(before);
  });

  it('accepts organization settings for the application itself, and ignores nulls', async () => {
    const { make } = await withGrant(edition);
    const settings = { organization_usage: 'allow', allow_any_organization: true };
    expect((await make({ audience: other, ...settings })).body).toMatchObject({ ...settings, scope: [] });
    const nulls = { organization_usage: null, allow_any_organization: null, scope: null };
    const { status, body } = await make({ subject_type: 'user', ...nulls });
    expect(status).toBe(201);
    expect(Object.keys(body).sort()).toEqual(['audience', 'client_id', 'id', 'scope', 'subject_type']);
  });

  it('for all scopes has no scope member until it is for some again', async () => {
    const { manage, one } = await withGrant(edition);
    const change = (json: JsonObject) => manage('PATCH', one, { json });
    const all = await change({ allow_all_scopes: true });
    expect(all).toMatchObject({ status: 200, body: { allow_all_scopes: true } });
    expect(all.body).not.toHaveProperty('scope');
    const refusal = problem('scope cannot be provided when allow_all_scopes is true.');
    expect(await change({ scope: ['write:cart'] })).toMatchObject(refusal);
    expect(await change({ scope: ['write:cart'], allow_all_scopes: true })).toMatchObject(refusal);
    const some = await change({ scope: ['write:cart'], allow_all_scopes: false });
    expect(some).toMatchObject({ status: 200, body: { scope: ['write:cart'], allow_all_scopes: false } });
    expect((await change({ allow_all_scopes: true })).body).not.toHaveProperty('scope');
    expect((await change({ allow_all_scopes: null })).body).toMatchObject({ scope: [] });
  });

  it('can change its scopes, and no other member', async () => {
    const { manage, grant, one } = await withGrant(edition);
    const { status, body } = await manage('PATCH', one, { json: { scope: ['read:orders', 'write:cart'] } });
    expect([status, body]).toEqual([200, { ...grant, scope: ['read:orders', 'write:cart'] }]);
    expect((await manage('PATCH', one, { json: { scope: [] } })).body).toEqual({ ...grant, scope: [] });
  });

  it.each<[JsonObject, string]>([
    ...['client_id', 'audience', 'subject_type'].map((name): [JsonObject, string] => [
      { [name]: 'other' },
      `Payload validation error: 'Additional properties not allowed: ${name}'.`,
    ]),
    [{ scope: ['read:news'] }, 'Scopes not defined by the resource server: read:news'],
    [
      { organization_usage: 'sometimes' },
      "Payload validation error: 'No enum match for: sometimes' on property organization_usage.",
    ],
  ])('is not changed by %j', async (json, message) => {
    const { manage, grant, one } = await withGrant(edition);
    expect(await manage('PATCH', one, { json })).toMatchObject(problem(message));
    expect((await manage('GET', one)).body).toEqual(grant);
  });

  it('for users does not accept organization settings later either', async () => {
    const { manage, make } = await withGrant(edition);
    const { body } = await make({ subject_type: 'user' });
    const change = (json: JsonObject) => manage('PATCH', `${path}/${body.id}`, { json });
    expect(await change({ allow_any_organization: true })).toMatchObject({ status: 400 });
    expect(await change({ allow_any_organization: null })).toMatchObject({ status: 200 });
  });

  it('can be removed, and removed again with the same response', async () => {
    const { manage, one } = await withGrant(edition);
    for (const _ of ['first', 'second']) {
      const { status, body } = await manage('DELETE', one);
      expect([status, body]).toEqual([204, {}]);
    }
    expect(await manage('GET', one)).toMatchObject({ status: 404, body: inexistent });
    expect(await manage('PATCH', one, { json: { scope: [] } })).toMatchObject({ status: 404, body: inexistent });
  });

  it('is removed with its application, and with its API', async () => {
    const { manage, make, tenant } = await withGrant(edition);
    await make({ audience: other });
    await manage('DELETE', `/api/v2/resource-servers/${encodeURIComponent(other)}`);
    expect(await tenant.store.list('client_grant')).toHaveLength(2);
    await manage('DELETE', `/api/v2/clients/${tenant.app.client_id}`);
    expect(await tenant.store.list('client_grant')).toHaveLength(1);
  });

  it("cannot be changed when it is the tenant's own", async () => {
    const { manage, tenant } = await withGrant(edition);
    const { body } = await manage('GET', `${path}?client_id=${(await globalClient(tenant.store)).client_id}`);
    expect(body).toMatchObject([{ is_system: true, subject_type: 'client' }]);
    expect(await manage('PATCH', `${path}/${body[0].id}`, { json: { scope: [] } })).toMatchObject({ status: 400 });
    expect(await manage('DELETE', `${path}/${body[0].id}`)).toMatchObject({ status: 400 });
    expect((await manage('GET', path)).status).toBe(200);
  });

  it('gives a machine its scopes, or with allow_all_scopes all that the API defines', async () => {
    const { manage, tenant } = await withGrant(edition);
    const { body: machine } = await manage('POST', '/api/v2/clients', { json: { name: 'machine' } });
    const audience = tenant.api.identifier;
    const scopes = async () => {
      const form = { grant_type: 'client_credentials', audience, ...credentials };
      return (await tenant.send('POST', '/oauth/token', { form })).body.scope;
    };
    const credentials = { client_id: machine.client_id, client_secret: machine.client_secret };
    const json = { client_id: machine.client_id, audience };
    await manage('POST', path, { json: { ...json, subject_type: 'user', scope: ['write:orders'] } });
    expect(await scopes()).toBeUndefined();
    const { body } = await manage('POST', path, { json: { ...json, scope: ['write:cart'] } });
    expect(await scopes()).toBe('write:cart');
    await manage('PATCH', `${path}/${body.id}`, { json: { allow_all_scopes: true } });
    expect(await scopes()).toBe('read:catalog write:cart read:orders write:orders');
  });
});

describe('listing client grants', () => {
  async function withGrants() {
    const { tenant, manage, make } = await withGrant('ea', { allow_any_organization: true });
    await make({ subject_type: 'user' });
    await make({ subject_type: 'anonymous_user', scope: ['read:catalog'] });
    await make({ audience: other, subject_type: 'anonymous_user', allow_all_scopes: true });
    return { tenant, manage };
  }

  it.each([
    ['', ['client', 'client', 'user', 'anonymous_user', 'anonymous_user']],
    ['client_id=APP', ['client', 'user', 'anonymous_user', 'anonymous_user']],
    ['client_id=nobody', []],
    [`audience=${encodeURIComponent(other)}`, ['anonymous_user']],
    [`audience=${encodeURIComponent('https://localhost:4400/api/v2/')}`, ['client']],
    ['audience=nothing', []],
    ['subject_type=client', ['client', 'client']],
    ['subject_type=user', ['user']],
    ['subject_type=anonymous_user', ['anonymous_user', 'anonymous_user']],
    ['allow_any_organization=true', ['client']],
    ['default_for=third_party_clients', []],
    ['allow_any_organization=true&subject_type=user', []],
    ['page=1&per_page=2', ['user', 'anonymous_user']],
    ['page=9&per_page=2', []],
  ])('returns an array: %s', async (query, subjects) => {
    const { tenant, manage } = await withGrants();
    const { status, body } = await manage('GET', `${path}?${query.replace('APP', tenant.app.client_id)}`);
    expect(status).toBe(200);
    expect(body.map((grant: JsonObject) => grant.subject_type)).toEqual(subjects);
  });

  it('returns totals, or pages with a next checkpoint until the last', async () => {
    const { manage } = await withGrants();
    const { client_grants: grants, ...totals } = (await manage('GET', `${path}?include_totals=true&per_page=2`)).body;
    expect([grants.length, totals]).toEqual([2, { total: 5, start: 0, limit: 2 }]);
    const seen: string[] = [];
    let from = '';
    do {
      const { body } = await manage('GET', `${path}?take=2&include_totals=true${from}`);
      expect(Object.keys(body).filter((key) => key !== 'next')).toEqual(['client_grants']);
      seen.push(...body.client_grants.map(({ id }: { id: string }) => id));
      // Deleting the items of a page does not change the following pages.
      if (from === '') await manage('DELETE', `${path}/${seen[1]}`);
      from = body.next === undefined ? '' : `&from=${body.next}`;
    } while (from !== '');
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });

  it.each(['subject_type=guest', 'allow_any_organization=yes', 'take=0', 'take=101', 'from=x', 'per_page=101'])(
    'is refused with %s',
    async (query) => {
      const { manage } = await withGrants();
      expect(await manage('GET', `${path}?${query}`)).toMatchObject({
        status: 400,
        body: { message: expect.stringMatching(/^Query validation error: '/), errorCode: 'invalid_query_string' },
      });
    },
  );
});

describe('a grant for guests', () => {
  it('can be created in edition ea', async () => {
    const { make, about } = await withGrant('ea');
    expect(await make({ subject_type: 'anonymous_user', scope: ['read:catalog'] })).toMatchObject({
      status: 201,
      body: { ...about, subject_type: 'anonymous_user', scope: ['read:catalog'] },
    });
  });

  it('accepts no organization settings, and is refused for the Management API', async () => {
    const { make, tenant } = await withGrant('ea');
    const subject = { subject_type: 'anonymous_user' };
    expect(await make({ ...subject, organization_usage: 'deny' })).toMatchObject(
      problem('Organization settings are not allowed for subject_type anonymous_user.'),
    );
    expect(await make({ ...subject, audience: `${tenant.issuer}api/v2/` })).toMatchObject(
      problem('System resource servers cannot be accessed by anonymous users.'),
    );
  });

  it('is unknown in edition preview, where it would have no effect', async () => {
    const { make } = await withGrant('preview');
    expect(await make({ subject_type: 'anonymous_user' })).toMatchObject(
      problem("Payload validation error: 'No enum match for: anonymous_user' on property subject_type."),
    );
  });
});

it('the Management API and its grants follow a change of the issuer', async () => {
  const tenant = await testTenant();
  await setIssuer(tenant.store, 'https://localhost:4999/');
  await tenant.ready();
  const manage = await tenant.management();
  const json = { client_id: tenant.app.client_id, audience: 'https://localhost:4999/api/v2/', scope: ['read:clients'] };
  const { body } = await manage('POST', path, { json });
  expect(body).toMatchObject({ audience: json.audience });
  const list = await manage('GET', `${path}?audience=${encodeURIComponent(json.audience)}`);
  expect(list.body).toHaveLength(2);
  expect(await manage('POST', path, { json: { ...json, audience: 'https://localhost:4400/api/v2/' } })).toMatchObject({
    status: 404,
  });
});

it('checkpoints find every grant of a rare subject once, however many others are between them', async () => {
  const tenant = await testTenant();
  await tenant.store.write((writer) => {
    for (let index = 0; index < 900; index += 1) {
      const subject_type = index % 7 === 0 || index > 850 ? 'anonymous_user' : 'user';
      const grant = { id: `cgr_${index}`, client_id: 'c', audience: 'urn:a', scope: [], subject_type };
      writer.put('client_grant', grant.id, grant);
    }
  });
  const manage = await tenant.management();
  const found: string[] = [];
  for (let from = ''; ; ) {
    const { body } = await manage('GET', `/api/v2/client-grants?take=30&subject_type=anonymous_user${from}`);
    found.push(...body.client_grants.map(({ id }: { id: string }) => id));
    if (!body.next) break;
    from = `&from=${body.next}`;
  }
  const wanted = Array.from({ length: 900 }, (_, index) => index).filter((index) => index % 7 === 0 || index > 850);
  expect(found).toEqual(wanted.map((index) => `cgr_${index}`));
});
