import { AuthClient } from '@auth0/auth0-auth-js';
import { expect, it } from 'vitest';
import { takePushedRequest } from '../../../src/local/login/pushed-request.ts';
import { confidentialApp, movableClock } from '../../support/local.ts';
import { callback, challenge, jane, loginTenant, verifier } from '../../support/login.ts';

/** The official SDK, which checks every token against the machine's clock. */
async function scene() {
  const app = { refresh_token: { rotation_type: 'rotating' }, callbacks: [callback] };
  const tenant = await loginTenant({ app, clock: movableClock(Date.now()) });
  const { client_id: clientId, client_secret: clientSecret } = await confidentialApp(tenant, app);
  const client = new AuthClient({
    domain: new URL(tenant.issuer).host,
    clientId,
    clientSecret,
    authorizationParams: { redirect_uri: callback },
    customFetch: async (url, init) => tenant.handle(new Request(url, init)),
  });
  const code = await tenant.code({ authorization: { clientId } });
  return { tenant, client, clientId, url: new URL(`${callback}?code=${code}`) };
}

it('auth0-auth-js redeems a code, refreshes, reads the user and revokes', async () => {
  const { client, url, clientId } = await scene();
  const first = await client.getTokenByCode(url, { codeVerifier: verifier });
  expect(first.claims).toMatchObject({ sub: jane.user_id, aud: clientId, sid: 'session-1' });
  const second = await client.getTokenByRefreshToken({ refreshToken: first.refreshToken ?? '' });
  expect(second.refreshToken).not.toBe(first.refreshToken);
  expect(await client.getUserInfo({ accessToken: second.accessToken })).toMatchObject({ email: jane.email });
  await client.revokeToken({ token: second.refreshToken ?? '' });
  const revoked = client.getTokenByRefreshToken({ refreshToken: second.refreshToken ?? '' });
  await expect(revoked).rejects.toMatchObject({ cause: { error: 'invalid_grant' } });
});

it('auth0-auth-js pushes an authorization request', async () => {
  const { tenant, client, clientId } = await scene();
  const { authorizationUrl } = await client.buildAuthorizationUrl({ pushedAuthorizationRequests: true });
  const requestUri = authorizationUrl.searchParams.get('request_uri') ?? '';
  expect(authorizationUrl.pathname).toBe('/authorize');
  expect(await takePushedRequest(tenant.store, await tenant.moment(), { requestUri, clientId })).toMatchObject({
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    code_challenge_method: challenge.method,
  });
});
