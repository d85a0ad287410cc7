// With a tenant of its own, whose time the test moves.
import { startLocalTenant } from 'anon-cli/local';
import { expect, it } from 'vitest';

it('starts over when the session has expired', async () => {
  await using tenant = await startLocalTenant({ edition: 'ea' });
  const { sessionToken } = await tenant.createGuest({ metadata: { cart: '3 items' } });
  const renew = async () => {
    const body = { client_id: tenant.clientId, audience: tenant.audience, session_token: sessionToken };
    const headers = { 'content-type': 'application/json' };
    return tenant.fetch('/anonymous/token', { method: 'POST', headers, body: JSON.stringify(body) });
  };
  await tenant.clock.advance('29d');
  expect((await renew()).status).toBe(200);
  await tenant.clock.advance('2d');
  expect(await (await renew()).json()).toMatchObject({ error: 'session_expired' });
  expect(tenant.requests.all().map(({ status }) => status)).toEqual([200, 400]);
});
