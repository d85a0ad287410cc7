import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addAction } from '../../../src/local/actions/action.ts';
import type { ServedRequest } from '../../../src/local/http/served-request.ts';
import { testActionRunner } from '../../support/actions.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { claimsOf, sequenceOfBytes } from '../../support/local.ts';
import { callback, challenge, jane, loginTenant, verifier } from '../../support/login.ts';

/** A tenant that logs Jane in at once, with an Action. `logIn` returns the parameters at the callback. */
async function scene(code: string) {
  const file = join(temporaryFolder(), 'merge-cart.js');
  writeFileSync(file, `exports.onExecutePostLogin = async (event, api) => {\n${code}\n};`);
  const served: ServedRequest[] = [];
  const tenant = await loginTenant({
    app: { callbacks: [callback], token_endpoint_auth_method: 'none' },
    runAction: testActionRunner().run,
    autoLogin: jane.email,
    onServed: (request) => served.push(request),
  });
  await addAction(
    tenant.store,
    { random: sequenceOfBytes('actions'), nowMs: 0 },
    { name: 'merge-cart', trigger: 'post-login', file, secrets: {} },
  );
  const logIn = async (headers: Record<string, string> = {}) => {
    const query = new URLSearchParams({
      ...{ client_id: tenant.app.client_id, redirect_uri: callback, response_type: 'code', scope: 'openid' },
      ...{ state: 'xyz', code_challenge: challenge.value, code_challenge_method: challenge.method },
    });
    const { headers: answered } = await tenant.send('GET', `/authorize?${query}`, { headers });
    const location = new URL(answered.get('location') ?? 'none:');
    return Object.fromEntries(location.searchParams);
  };
  const idToken = async (code: string) => {
    const form = {
      grant_type: 'authorization_code',
      client_id: tenant.app.client_id,
      code,
      redirect_uri: callback,
      code_verifier: verifier,
    };
    const { body } = await tenant.send('POST', '/oauth/token', { form });
    return claimsOf(body.id_token);
  };
  return { tenant, served, logIn, idToken, user: async () => tenant.store.get('user', jane.user_id) };
}

it("a guest's cart becomes the user's, and the guest is in the ID token", async () => {
  const { tenant, served, logIn, idToken, user } = await scene(`
    const guest = event.anonymous_session;
    console.log('login', event.stats.logins_count, event.user.password_hash);
    if (!guest) return;
    api.user.setAppMetadata('cart', guest.metadata.cart);
    api.idToken.setCustomClaim('https://shop.example/guest', guest.user_id);`);
  const { session_token } = await tenant.session({ metadata: { cart: '3 apples' } });
  const { code = '', state } = await logIn({ 'auth0-anonymous-session': session_token });
  expect(state).toBe('xyz');
  const guest = served.find(({ path }) => path === '/anonymous/token')?.guest;
  expect(guest).toMatch(/^anon@/);
  expect(await idToken(code)).toMatchObject({ sub: jane.user_id, 'https://shop.example/guest': guest });
  expect(await user()).toMatchObject({ app_metadata: { plan: 'gold', cart: '3 apples' }, logins_count: 1 });
  const lines = served.find(({ path }) => path === '/authorize')?.actions;
  expect(lines).toEqual([{ name: 'merge-cart', level: 'log', text: 'login 1 undefined' }]);
});

it('an Action that throws ends the login at the callback, and changes nothing', async () => {
  const { logIn, served, user } = await scene(`api.user.setAppMetadata('cart', 1);\nthrow new Error('no apples');`);
  expect(await logIn()).toEqual({ error: 'access_denied', error_description: 'no apples', state: 'xyz' });
  expect(await user()).toMatchObject({ app_metadata: jane.app_metadata });
  expect(served[0]).toMatchObject({
    error: 'access_denied',
    actions: [{ name: 'merge-cart', level: 'failed', text: 'no apples (merge-cart.js:3)' }],
  });
});

it('an Action that denies ends the login, and what it set is saved', async () => {
  const { logIn, user } = await scene(`api.user.setAppMetadata('seen', true);\napi.access.deny('not today');`);
  expect(await logIn()).toEqual({ error: 'access_denied', error_description: 'not today', state: 'xyz' });
  expect(await user()).toMatchObject({ app_metadata: { plan: 'gold', seen: true } });
});
