// What the API must accept and refuse, with node:test.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startLocalTenant } from 'anon-cli/local';
import { openShop } from '../shop.mjs';

describe('the catalog', () => {
  let tenant;
  let shop;
  before(async () => {
    tenant = await startLocalTenant({ edition: 'ea' });
    shop = await openShop(tenant.env);
  });
  after(async () => {
    shop.close();
    await tenant.stop();
  });

  const statusFor = async (token) =>
    (await fetch(`${shop.url}/catalog`, { headers: { authorization: `Bearer ${token}` } })).status;

  it('is for guests', async () => {
    const { accessToken } = await tenant.createGuest();
    assert.equal(await statusFor(accessToken), 200);
  });

  it('is for guests with its scope', async () => {
    const { accessToken } = await tenant.createGuest({ scope: 'write:cart' });
    assert.equal(await statusFor(accessToken), 403);
  });

  const wrong = {
    'an expired token': { expired: true },
    'a token that is not valid yet': { notYetValid: true },
    'a token of another tenant': { foreign: true },
    'a token that was tampered with': { tampered: true },
    'a token without a signature': { alg: 'none' },
    'a token signed with the public key': { alg: 'HS256' },
    'a token for another API': { claims: { aud: 'https://other.example' } },
    'a token of another issuer': { claims: { iss: 'https://other.example/' } },
    'a session token': { kind: 'session_token' },
    'an ID token': { kind: 'id_token' },
  };
  for (const [name, members] of Object.entries(wrong)) {
    it(`refuses ${name}`, async () => {
      const status = await statusFor(await tenant.mint({ kind: 'access_token', ...members }));
      assert.ok(status === 401 || status === 400, `answered ${status}`);
    });
  }
});
