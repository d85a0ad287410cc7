import { AuthClient } from '@auth0/auth0-auth-js';
import { ManagementClient } from 'auth0';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLocalTenant } from '../../../src/library/local/start.ts';
import type { LocalTenant } from '../../../src/library/local/tenant.ts';

let tenant: LocalTenant;
beforeAll(async () => {
  tenant = await startLocalTenant({ edition: 'ea', listen: false });
});
afterAll(() => tenant.stop());

it("Auth0's SDK for guests works over the tenant's fetch, and learns that a session has expired", async () => {
  const { host: domain } = new URL(tenant.issuer);
  const { anonymous } = new AuthClient({ domain, clientId: tenant.clientId, customFetch: tenant.fetch });
  const { audience } = tenant;
  const { sessionToken } = await anonymous.createSession({ audience, metadata: { language: 'en' } });
  expect(await anonymous.getAccessToken({ sessionToken, audience })).toHaveProperty('accessToken');
  await tenant.clock.advance('31d');
  await expect(anonymous.getAccessToken({ sessionToken, audience })).rejects.toThrow(/expired/);
  await tenant.clock.reset();
  expect(tenant.requests.all({ path: '/anonymous/token' }).map(({ session, error }) => session ?? error)).toEqual([
    ...['created', 'renewed', 'session_expired'],
  ]);
});

it("Auth0's SDK of the Management API works with the tenant's credentials", async () => {
  const { host: domain } = new URL(tenant.issuer);
  const client = new ManagementClient({ domain, ...tenant.management, fetch: tenant.fetch, maxRetries: 0 });
  expect(await client.clients.get(tenant.clientId)).toMatchObject({ name: 'web' });
});
