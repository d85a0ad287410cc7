import { expect, it } from 'vitest';
import { callback, loginTenant, verifier } from '../../support/login-tenant.ts';

it('a login is saved in one write, a silent one too, and each redeemed code in another', async () => {
  const tenant = await loginTenant();
  const browser = tenant.browser();
  const { store } = tenant;
  const write = store.write.bind(store);
  let writes = 0;
  store.write = (work) => {
    writes += 1;
    return write(work);
  };
  const { code } = await tenant.authorized({ login_hint: String(tenant.jane.user_id) }, browser);
  expect(writes).toBe(1);
  const redeemed = await tenant.token({
    ...{ grant_type: 'authorization_code', client_id: tenant.app.client_id, redirect_uri: callback },
    ...{ code, code_verifier: verifier },
  });
  expect([redeemed.status, writes]).toEqual([200, 2]);
  expect(await tenant.authorized({ prompt: 'none' }, browser)).toHaveProperty('code');
  expect(writes).toBe(3);
});

it('a login removes what expired logins have left behind', async () => {
  const tenant = await loginTenant();
  const { jane, clock, store } = tenant;
  const [past, hint] = [clock() / 1000 - 1, String(jane.user_id)];
  await tenant.change('login_session', 'old', { id: 'old', user_id: hint, expires_at: past });
  await tenant.authorized({ login_hint: hint });
  expect(await store.get('login_session', 'old')).toBeUndefined();
});
