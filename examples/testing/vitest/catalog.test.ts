// With the tenant of all test files, which global-setup.mjs starts.
import { createSession } from 'anon-cli';
import { expect, it } from 'vitest';
import { openShop } from '../shop.mjs';

it('shows the catalog to a guest', async () => {
  const { AUTH0_DOMAIN: domain, AUTH0_CLIENT_ID: clientId, AUTH0_AUDIENCE: audience } = process.env;
  const { accessToken } = await createSession({ domain, clientId, audience });
  const shop = await openShop(process.env);
  const answer = await fetch(`${shop.url}/catalog`, { headers: { authorization: `Bearer ${accessToken}` } });
  expect(await answer.json()).toMatchObject({ products: ['espresso', 'filter coffee'] });
  shop.close();
});
