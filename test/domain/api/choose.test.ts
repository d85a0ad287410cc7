import { describe, expect, it } from 'vitest';
import { chooseApi } from '../../../src/domain/api/choose.ts';
import { planApiCreation } from '../../../src/domain/api/create.ts';
import { applyPlan } from '../../../src/domain/plan/apply.ts';
import { connectionTo, failureOf, type TestConnection } from '../../support/domain.ts';
import { openTenant, testTenant } from '../../support/local.ts';

const nothing = { named: undefined, chosen: undefined };
const stock = { name: 'My stock', audience: 'https://stock.example' };

async function addStock(connection: TestConnection, enabled: boolean): Promise<void> {
  const guests = enabled ? { scopes: ['read:stock'] } : undefined;
  await applyPlan(connection, await planApiCreation(connection, { ...stock, scopes: ['read:stock'] }, guests));
}

describe('the API to ask for', () => {
  it('is the one that was named, by its name, its audience or its id', async () => {
    const tenant = await openTenant();
    const connection = connectionTo(tenant);
    await addStock(connection, true);
    for (const named of ['shop', 'Shop', tenant.api.identifier, tenant.api.id]) {
      expect(await chooseApi(connection, { named, chosen: stock })).toMatchObject({ audience: tenant.api.identifier });
    }
  });

  it("is the profile's when none was named, and nothing is asked", async () => {
    const connection = connectionTo(await openTenant());
    expect(await chooseApi(connection, { named: undefined, chosen: stock })).toEqual(stock);
    expect(connection.sent).toEqual([]);
  });

  it('is the only one that takes guests when the profile has none', async () => {
    const tenant = await openTenant();
    const connection = connectionTo(tenant);
    await addStock(connection, false);
    expect(await chooseApi(connection, nothing)).toMatchObject({ audience: tenant.api.identifier, name: 'shop' });
  });
});

describe('which API cannot be told', () => {
  it('when several take guests: they are listed', async () => {
    const connection = connectionTo(await openTenant());
    await addStock(connection, true);
    expect(await failureOf(() => chooseApi(connection, nothing))).toMatchObject({
      code: 'usage',
      message: "Which API? 2 take guests: shop, 'My stock'.",
      hint: 'Name one: --api <api>, or for good: anon-cli profile set api <api>',
    });
  });

  it('when the only one there is closed: the hint opens it with a scope that it has', async () => {
    const connection = connectionTo(await testTenant(), { selection: ' --profile acme' });
    expect(await failureOf(() => chooseApi(connection, nothing))).toMatchObject({
      code: 'gate_closed',
      message: 'No API takes guests yet.',
      hint: 'Open one: anon-cli api enable shop --scopes read:catalog --profile acme',
    });
  });

  it('when the one that was named is not there', async () => {
    const connection = connectionTo(await openTenant());
    expect(await failureOf(() => chooseApi(connection, { named: 'shp', chosen: undefined }))).toMatchObject({
      code: 'not_found',
      message: "There is no API 'shp'.",
      hint: "Did you mean 'shop'? See anon-cli api list.",
    });
  });

  it('when it would be the Management API, which no guest is let into', async () => {
    const tenant = await openTenant();
    const named = `${tenant.issuer}api/v2/`;
    expect(await failureOf(() => chooseApi(connectionTo(tenant), { named, chosen: undefined }))).toMatchObject({
      code: 'usage',
      message: "'Auth0 Management API' is the tenant's own API; guests cannot be let into it.",
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

  it('and without a choice there is only asking back', async () => {
    const connection = connectionTo(await openTenant(), { management: undefined });
    expect(await failureOf(() => chooseApi(connection, nothing))).toMatchObject({
      code: 'usage',
      hint: 'Give its audience: --api <audience>',
    });
  });
});
