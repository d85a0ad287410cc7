import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { promisify } from 'node:util';
import { AuthClient, type AuthClientOptions, type BuildAuthorizationUrlOptions } from '@auth0/auth0-auth-js';
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import { testAuthority } from '../../support/https-tenant.ts';
import { guestOf } from '../../support/sdk.ts';
import { audience, cartClaim, guestClaim, jane, type ServedLogin, servedLogin } from '../../support/served-login.ts';
import { logIn, type Visited, type Visitor, visitor } from '../../support/visitor.ts';

const callback = 'https://shop.example/callback';
const home = 'https://shop.example/';
const urls = { callbacks: [callback], allowed_logout_urls: [home] };
const editions: EditionName[] = ['preview', 'ea'];

interface Scene {
  readonly tenant: ServedLogin;
  readonly client: AuthClient;
  readonly visiting: Visitor;
}

/** A confidential application with rotating refresh tokens. */
async function scene(edition: EditionName = 'ea', members: object = {}): Promise<Scene> {
  const tenant = await servedLogin(edition);
  const app = await tenant.createApp(urls, {
    refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring' },
    ...members,
  });
  return { tenant, client: authClient(tenant, app), visiting: visitor(tenant.fetch) };
}

function authClient(tenant: ServedLogin, credentials: Partial<AuthClientOptions> & { clientId: string }): AuthClient {
  const { domain, fetch } = tenant;
  return new AuthClient({
    domain,
    customFetch: fetch,
    authorizationParams: { redirect_uri: callback },
    ...credentials,
  });
}

/** Logs Jane in: the URL of the callback with its code, and the verifier for it. */
async function authorized({ client, visiting }: Scene, params = {}, options: BuildAuthorizationUrlOptions = {}) {
  const { authorizationUrl, codeVerifier } = await client.buildAuthorizationUrl({
    authorizationParams: params,
    ...options,
  });
  const page = await visiting.open(authorizationUrl, { stopAt: callback });
  const { url } = isCallback(page) ? page : await logIn(visiting, page, jane, { stopAt: callback });
  return { url, codeVerifier };
}

function isCallback({ status }: Visited): boolean {
  return status === undefined;
}

async function loggedIn(made: Scene, params = {}, options: BuildAuthorizationUrlOptions = {}) {
  const { url, codeVerifier } = await authorized(made, params, options);
  return made.client.getTokenByCode(url, { codeVerifier });
}

describe.each(editions)('@auth0/auth0-auth-js logs in, edition %s', (edition) => {
  it('with a code and PKCE, reads the user, and rotates refresh tokens', async () => {
    const made = await scene(edition);
    const { client, visiting } = made;
    const { url, codeVerifier } = await authorized(made);
    const first = await client.getTokenByCode(url, { codeVerifier });
    expect(first.claims).toMatchObject({ email: jane.email, name: 'Jane Doe', sub: expect.stringMatching(/^auth0\|/) });
    expect(first.claims?.[guestClaim]).toBeUndefined();
    const subject = first.claims?.sub ?? '';
    const user = await client.getUserInfo({ accessToken: first.accessToken, expectedSubject: subject });
    expect(user).toMatchObject({ sub: subject, email: jane.email, email_verified: true });

    const [one = '', two = ''] = [first.refreshToken, (await refresh(client, first.refreshToken)).refreshToken];
    expect(two).not.toBe(one);
    const third = await refresh(client, two);
    expect(third.claims).toMatchObject({ sub: subject });
    // The first one a second time ends all that followed it.
    await expect(refresh(client, one)).rejects.toMatchObject({ cause: { error: 'invalid_grant' } });
    await expect(refresh(client, third.refreshToken)).rejects.toMatchObject({ cause: { error: 'invalid_grant' } });

    const again = client.getTokenByCode(url, { codeVerifier });
    await expect(again).rejects.toMatchObject({ statusCode: 403, cause: { error: 'invalid_grant' } });
    // The session of the first login.
    const { authorizationUrl } = await client.buildAuthorizationUrl({ authorizationParams: { prompt: 'none' } });
    expect((await visiting.open(authorizationUrl, { stopAt: callback })).url.searchParams.get('code')).toBeTruthy();
  });

  it('carries a guest with the parameter of the edition, and what Actions set', async () => {
    const made = await scene(edition);
    const { client, tenant } = made;
    const session = await client.anonymous.createSession({ audience, metadata: { cart: 'c1' } });
    const parameter = edition === 'ea' ? 'session_token' : 'anonymous_session_token';
    const { claims } = await loggedIn(made, { [parameter]: session.sessionToken });
    expect(claims).toMatchObject({ [guestClaim]: guestOf(session.accessToken), [cartClaim]: 'c1' });
    const [saved] = await tenant.management.users.listUsersByEmail({ email: jane.email });
    expect(saved?.app_metadata).toEqual({ cart: 'c1' });
  });
});

function refresh(client: AuthClient, refreshToken = '') {
  return client.getTokenByRefreshToken({ refreshToken });
}

/** Logs a user in with nothing but the SDK and fetch, and prints the claims. */
const program = `
  import { AuthClient } from '@auth0/auth0-auth-js';
  const client = new AuthClient(JSON.parse(process.argv[1]));
  const authorizationParams = { login_hint: process.argv[2] };
  const { authorizationUrl, codeVerifier } = await client.buildAuthorizationUrl({ authorizationParams });
  const { headers } = await fetch(authorizationUrl, { redirect: 'manual' });
  const { claims } = await client.getTokenByCode(new URL(headers.get('location')), { codeVerifier });
  process.stdout.write(JSON.stringify(claims));`;

describe('@auth0/auth0-auth-js logs in', () => {
  it('with the ticket of a guest, once', async () => {
    const made = await scene();
    const { client } = made;
    const session = await client.anonymous.createSession({ audience, metadata: { cart: 'c2' } });
    const ticket = await client.anonymous.mintTransferToken(session.sessionToken ?? '');
    const first = await loggedIn(made, { anon_transfer_token: ticket });
    expect(first.claims).toMatchObject({ [guestClaim]: guestOf(session.accessToken), [cartClaim]: 'c2' });
    const second = await loggedIn(made, { anon_transfer_token: ticket });
    expect(second.claims?.sub).toBe(first.claims?.sub);
    expect(second.claims?.[guestClaim]).toBeUndefined();
  });

  it('for an API, with an access token that it verifies', async () => {
    const made = await scene();
    const scope = 'openid offline_access read:catalog';
    const { accessToken, scope: granted, refreshToken } = await loggedIn(made, { audience, scope });
    expect(granted).toBe(scope);
    const { url, issuer, fetch } = made.tenant;
    const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`), { [customFetch]: fetch });
    const { payload } = await jwtVerify(accessToken, keys, { issuer, audience });
    expect(payload).toMatchObject({ scope, sub: expect.stringMatching(/^auth0\|/) });
    const narrowed = await made.client.getTokenByRefreshToken({
      refreshToken: refreshToken ?? '',
      scope: 'openid read:catalog',
    });
    expect(narrowed.scope).toBe('openid read:catalog');
  });

  it('with a pushed authorization request, once', async () => {
    const made = await scene('ea', { require_pushed_authorization_requests: true });
    const { authorizationUrl, codeVerifier } = await made.client.buildAuthorizationUrl({
      pushedAuthorizationRequests: true,
    });
    expect([...authorizationUrl.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    const page = await made.visiting.open(authorizationUrl);
    const { url } = await logIn(made.visiting, page, jane, { stopAt: callback });
    expect((await made.client.getTokenByCode(url, { codeVerifier })).claims).toMatchObject({ email: jane.email });
    expect(await made.visiting.open(authorizationUrl)).toMatchObject({ status: 400 });
    const { url: refused } = await authorized(made);
    expect(refused.searchParams.get('error')).toBe('invalid_request');
  });

  it('with a key in place of a secret', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
    const tenant = await servedLogin('ea');
    const credentials = [{ credential_type: 'public_key', pem }];
    const { clientId } = await tenant.createApp(urls, {
      client_authentication_methods: { private_key_jwt: { credentials } },
    });
    const clientAssertionSigningKey = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const client = authClient(tenant, { clientId, clientAssertionSigningKey });
    const made = { tenant, client, visiting: visitor(tenant.fetch) };
    const first = await loggedIn(made, {}, { pushedAuthorizationRequests: true });
    expect(first.claims).toMatchObject({ email: jane.email, aud: clientId });
    // Without rotation, the token stays the same.
    for (const _ of ['once', 'twice']) {
      expect((await refresh(client, first.refreshToken)).claims?.sub).toBe(first.claims?.sub);
    }
    await client.revokeToken({ token: first.refreshToken ?? '' });
    await expect(refresh(client, first.refreshToken)).rejects.toMatchObject({ cause: { error: 'invalid_grant' } });
    const stranger = authClient(tenant, { clientId, clientSecret: 'a guess' });
    const { url, codeVerifier } = await authorized(made);
    const stolen = stranger.getTokenByCode(url, { codeVerifier });
    await expect(stolen).rejects.toMatchObject({ statusCode: 401 });
  });

  it('and revokes a refresh token', async () => {
    const made = await scene();
    const { refreshToken: token = '' } = await loggedIn(made);
    await made.client.revokeToken({ token, tokenTypeHint: 'refresh_token' });
    await expect(refresh(made.client, token)).rejects.toMatchObject({ cause: { error: 'invalid_grant' } });
  });

  it('in a process that trusts the authority with NODE_EXTRA_CA_CERTS alone', async () => {
    const tenant = await servedLogin('ea');
    const app = await tenant.createApp(urls);
    const options = { domain: tenant.domain, ...app, authorizationParams: { redirect_uri: callback } };
    const { path } = await testAuthority();
    const env = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: path };
    const args = ['--input-type=module', '-e', program, JSON.stringify(options), jane.email];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(JSON.parse(stdout)).toMatchObject({ email: jane.email, iss: tenant.issuer });
  });

  it('not without a session when it asks to be silent', async () => {
    const { client, visiting } = await scene();
    const { authorizationUrl, codeVerifier } = await client.buildAuthorizationUrl({
      authorizationParams: { prompt: 'none' },
    });
    const { url } = await visiting.open(authorizationUrl, { stopAt: callback });
    await expect(client.getTokenByCode(url, { codeVerifier })).rejects.toMatchObject({
      cause: { error: 'login_required' },
    });
  });

  it('not with the wrong verifier', async () => {
    const made = await scene();
    const { url } = await authorized(made);
    const attempt = made.client.getTokenByCode(url, { codeVerifier: 'a'.repeat(43) });
    await expect(attempt).rejects.toMatchObject({ statusCode: 403, cause: { error: 'invalid_grant' } });
  });
});

describe('@auth0/auth0-auth-js logs out', () => {
  const isLoggedIn = async ({ client, visiting }: Scene) => {
    const { authorizationUrl } = await client.buildAuthorizationUrl({ authorizationParams: { prompt: 'none' } });
    return (await visiting.open(authorizationUrl, { stopAt: callback })).url.searchParams.has('code');
  };

  it('by /oidc/logout, which asks first, because the URL names no session', async () => {
    const made = await scene();
    await loggedIn(made);
    const url = await made.client.buildLogoutUrl({ returnTo: home });
    expect(url.pathname).toBe('/oidc/logout');
    const page = await made.visiting.open(url);
    expect([page.status, await isLoggedIn(made)]).toEqual([200, true]);
    const { url: end } = await made.visiting.submit(page, { action: 'accept' }, { stopAt: home });
    expect([end.href, await isLoggedIn(made)]).toEqual([home, false]);
  });

  it('by /v2/logout, where discovery names no other', async () => {
    const made = await scene();
    await made.tenant.management.tenants.settings.update({
      oidc_logout: { rp_logout_end_session_endpoint_discovery: false },
    });
    await loggedIn(made);
    const url = await made.client.buildLogoutUrl({ returnTo: home });
    expect(url.pathname).toBe('/v2/logout');
    const { url: end } = await made.visiting.open(url, { stopAt: home });
    expect([end.href, await isLoggedIn(made)]).toEqual([home, false]);
  });
});
