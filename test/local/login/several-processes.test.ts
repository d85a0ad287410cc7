import { describe, expect, it } from 'vitest';
import { cachedStore } from '../../../src/local/store/cached-store.ts';
import { loginTenant } from '../../support/login.ts';
import { places } from '../../support/stores.ts';

/** Two tenants that share a state, as two processes do. */
async function twoTenants(makeState: (typeof places)[number][1]) {
  const openState = await makeState();
  const app = { refresh_token: { rotation_type: 'rotating' } };
  const one = await loginTenant({ store: cachedStore(await openState()), app });
  const other = await loginTenant({ store: cachedStore(await openState()), app });
  expect(other.app.client_id).toBe(one.app.client_id);
  return [one, other] as const;
}

describe.each(places)('two processes with a state in %s', (_, makeState) => {
  it('redeem a code once', async () => {
    const [one, other] = await twoTenants(makeState);
    const code = await one.code();
    const answers = await Promise.all([one.redeem({ code }), other.redeem({ code })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    const tokens = answers.find(({ status }) => status === 200)?.body;
    // The second use has revoked it.
    expect((await one.refresh(tokens.refresh_token)).status).toBe(403);
  });

  it('replace a refresh token once', async () => {
    const [one, other] = await twoTenants(makeState);
    const token = await one.refreshToken();
    const answers = await Promise.all([one.refresh(token), other.refresh(token)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  it('see each other revoke a refresh token', async () => {
    const [one, other] = await twoTenants(makeState);
    const token = await one.refreshToken();
    await other.send('POST', '/oauth/revoke', { json: { client_id: one.app.client_id, token } });
    expect((await one.refresh(token)).status).toBe(403);
  });
});
