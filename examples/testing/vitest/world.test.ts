// With a tenant that world.yaml describes, and a seed: the same tokens in every run.
import { fileURLToPath } from 'node:url';
import { startLocalTenant } from 'anon-cli/local';
import { expect, it } from 'vitest';

it('meets a guest who returns on the last day of the session', async () => {
  const seed = fileURLToPath(new URL('world.yaml', import.meta.url));
  await using tenant = await startLocalTenant({ edition: 'ea', seed, seedRandom: 42, listen: false });
  const { anna, returning } = tenant.guests;
  expect([anna.guestId, returning.guestId]).toEqual(['anon@anna', 'anon@e49e803c-227c-4f47-96ee-e5417fbb6c2a']);
  const body = { client_id: 'shop', audience: tenant.audience, session_token: returning.sessionToken };
  const headers = { 'content-type': 'application/json' };
  const renew = () => tenant.fetch('/anonymous/token', { method: 'POST', headers, body: JSON.stringify(body) });
  expect(await (await renew()).json()).toMatchObject({ session_expires_in: 24 * 3600 });
  await tenant.clock.advance('1d');
  expect((await renew()).status).toBe(400);
});
