import { describe, expect, it } from 'vitest';
import { chooseApi, findApi } from '../../../src/domain/api/find.ts';
import { planApiCreation } from '../../../src/domain/api/lifecycle.ts';
import { findApp } from '../../../src/domain/app/find.ts';
import { chooseClaimsHolder } from '../../../src/domain/claims/mapping.ts';
import { explainRefusal } from '../../../src/domain/gates/explain-refusal.ts';
import { applyPlan } from '../../../src/domain/plan/apply.ts';
import { ResponseError } from '../../../src/errors.ts';
import { connectionTo, failureOf, json, scriptedConnection, type TestConnection } from '../../support/domain.ts';
import { openTenant, testTenant } from '../../support/local.ts';

/** A tenant of 1,100 APIs that, as the service does, gives no numbered pages beyond the first thousand. */
async function bigTenant(edition: 'preview' | 'ea' = 'ea') {
  const tenant = await openTenant({ edition });
  await tenant.store.write((writer) => {
    for (let number = 0; number < 1100; number += 1) {
      const id = number.toString(16).padStart(24, '0');
      const identifier = number % 2 ? `https://api${number}.example/v1?x=1` : `plain-audience-${number}`;
      writer.put('resource_server', id, { id, identifier, name: `API ${number}`, scopes: [{ value: 'read' }] });
    }
  });
  const connection = connectionTo(tenant, {
    fetch: async (url, request) => {
      const query = new URL(url).searchParams;
      if (query.has('page') && (Number(query.get('page')) + 1) * Number(query.get('per_page')) > 1000) {
        return json({ statusCode: 400, error: 'Bad Request', message: 'Only the first 1000 records.' }, 400)();
      }
      return tenant.handle(new Request(url, { ...request, body: request.body ?? null }));
    },
  });
  const asked = () => connection.sent.filter((line) => line.includes('/resource-servers'));
  return { tenant, connection, asked };
}

describe.each(['preview', 'ea'] as const)('in a tenant of 1,100 APIs, edition %s', (edition) => {
  it.each([
    ['an id', (1099).toString(16).padStart(24, '0'), 'API 1099'],
    ['an audience that is an address', 'https://api1099.example/v1?x=1', 'API 1099'],
    ['an audience that is a word', 'plain-audience-1098', 'API 1098'],
  ])('%s is requested alone', async (_, reference, name) => {
    const { connection, asked } = await bigTenant(edition);
    expect(await findApi(connection, reference)).toMatchObject({ name });
    expect(asked()).toEqual([`GET /api/v2/resource-servers/${encodeURIComponent(reference)}`]);
  });

  it('a name is found among all of them', async () => {
    const { connection } = await bigTenant(edition);
    expect(await findApi(connection, 'api 1099')).toMatchObject({ audience: 'https://api1099.example/v1?x=1' });
  });

  it('a wrong name is reported with the most similar one', async () => {
    const { connection } = await bigTenant(edition);
    expect(await failureOf(() => findApi(connection, 'API 1099x'))).toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining("Did you mean 'API 1099'?"),
    });
  });

  it('the reason for a refusal is found with the API alone', async () => {
    const { connection, asked } = await bigTenant(edition);
    const refusal = new ResponseError('gate_closed', { status: 400, error: 'invalid_target', description: 'No.' });
    const request = {
      app: { clientId: 'abc', name: 'web', clientSecret: undefined },
      api: { audience: 'plain-audience-1098', name: 'plain-audience-1098' },
      scope: undefined,
    };
    expect(await explainRefusal(connection, refusal, request)).toMatchObject({
      gate: 'api',
      hint: expect.stringContaining("'API 1098' does not accept guests"),
    });
    expect(asked()).toHaveLength(1);
  });
});

it('the claims of an API are found with the API alone', async () => {
  const { connection, asked } = await bigTenant();
  const chosen = { api: { audience: 'plain-audience-1098', name: 'x' } };
  const holder = await chooseClaimsHolder(connection, { named: { app: undefined, api: undefined }, chosen });
  expect(holder).toMatchObject({ heldBy: 'api', name: 'API 1098' });
  expect(asked()).toHaveLength(1);
});

it('an application’s client id is requested alone', async () => {
  const tenant = await openTenant();
  const clientId = 'a'.repeat(32);
  await tenant.change('client', clientId, { client_id: clientId, name: 'one of many', is_first_party: true });
  const connection = connectionTo(tenant);
  expect(await findApp(connection, clientId)).toMatchObject({ name: 'one of many' });
  expect(connection.sent.filter((line) => line.startsWith('GET '))).toEqual([`GET /api/v2/clients/${clientId}`]);
});

it.each(['.', '..', ''])(
  'a reference that would change the address is not requested alone: "%s"',
  async (reference) => {
    const tenant = await openTenant();
    const connection = connectionTo(tenant);
    expect(await failureOf(() => findApi(connection, reference))).toMatchObject({ code: 'not_found' });
    expect(connection.sent.filter((line) => /resource-servers(?!\?)/.test(line))).toEqual([]);
  },
);

it('a reference that the tenant refuses as an id may be a name', async () => {
  const path = json(
    { statusCode: 400, error: 'Bad Request', message: 'Path validation error', errorCode: 'invalid_uri' },
    400,
  );
  const token = json({ access_token: 'a-management-token', token_type: 'Bearer', expires_in: 86_400 });
  const list = json({ total: 1, resource_servers: [{ id: '1', identifier: 'https://shop', name: 'My Shop' }] });
  const tenant = scriptedConnection([token, path, list]);
  expect(await findApi(tenant, 'my shop')).toMatchObject({ audience: 'https://shop' });
});

const nothing = { named: undefined, chosen: undefined };
const stock = { name: 'My stock', audience: 'https://stock.example' };

async function addStock(connection: TestConnection, enabled: boolean): Promise<void> {
  const guests = enabled ? { scopes: ['read:stock'] } : undefined;
  await applyPlan(connection, await planApiCreation(connection, { ...stock, scopes: ['read:stock'] }, guests));
}

describe('the API of a request', () => {
  it('is the given one, by its name, audience or id', async () => {
    const tenant = await openTenant();
    const connection = connectionTo(tenant);
    await addStock(connection, true);
    for (const named of ['shop', 'Shop', tenant.api.identifier, tenant.api.id]) {
      expect(await chooseApi(connection, { named, chosen: stock })).toMatchObject({ audience: tenant.api.identifier });
    }
  });

  it("defaults to the profile's, without a request", async () => {
    const connection = connectionTo(await openTenant());
    expect(await chooseApi(connection, { named: undefined, chosen: stock })).toEqual(stock);
    expect(connection.sent).toEqual([]);
  });

  it('defaults to the only open one if the profile has none', async () => {
    const tenant = await openTenant();
    const connection = connectionTo(tenant);
    await addStock(connection, false);
    expect(await chooseApi(connection, nothing)).toMatchObject({ audience: tenant.api.identifier, name: 'shop' });
  });
});

describe('the API of a request is unknown', () => {
  it('when several take guests: they are listed', async () => {
    const connection = connectionTo(await openTenant());
    await addStock(connection, true);
    expect(await failureOf(() => chooseApi(connection, nothing))).toMatchObject({
      code: 'usage',
      message: "No API given, and 2 are enabled for guests: shop, 'My stock'.",
      hint: 'Choose one: --api <api>, or save a default: anon-cli profile set api <api>',
    });
  });

  it('when the only one there is closed: the hint opens it with a scope that it has', async () => {
    const connection = connectionTo(await testTenant(), { selection: ' --profile acme' });
    expect(await failureOf(() => chooseApi(connection, nothing))).toMatchObject({
      code: 'gate_closed',
      message: 'No API is enabled for guests.',
      hint: 'Enable one: anon-cli api enable shop --scopes read:catalog --profile acme',
    });
  });

  it('when the given one does not exist', async () => {
    const connection = connectionTo(await openTenant());
    expect(await failureOf(() => chooseApi(connection, { named: 'shp', chosen: undefined }))).toMatchObject({
      code: 'not_found',
      message: "API 'shp' not found.",
      hint: "Did you mean 'shop'? To see all: anon-cli api list",
    });
  });

  it('when it would be the Management API, which never accepts guests', async () => {
    const tenant = await openTenant();
    const named = `${tenant.issuer}api/v2/`;
    expect(await failureOf(() => chooseApi(connectionTo(tenant), { named, chosen: undefined }))).toMatchObject({
      code: 'usage',
      message: "API 'Auth0 Management API' is the tenant's own and can't be enabled for guests.",
    });
  });
});

describe('without Management API credentials', () => {
  it('a reference is an audience', async () => {
    const connection = connectionTo(await openTenant(), { management: undefined });
    expect(await chooseApi(connection, { named: 'https://x.example', chosen: stock })).toEqual({
      audience: 'https://x.example',
      name: 'https://x.example',
    });
    expect(connection.sent).toEqual([]);
  });

  it('and without a default the user has to choose', async () => {
    const connection = connectionTo(await openTenant(), { management: undefined });
    expect(await failureOf(() => chooseApi(connection, nothing))).toMatchObject({
      code: 'usage',
      hint: 'Pass its audience: --api <audience>',
    });
  });
});
