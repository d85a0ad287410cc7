import { generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import * as client from 'openid-client';
import { describe, expect, it } from 'vitest';
import { audience, jane, type ServedLogin, servedLogin } from '../../support/served-login.ts';
import { logIn, type Visitor, visitor } from '../../support/visitor.ts';

const callback = 'https://shop.example/callback';
const home = 'https://shop.example/';

interface Scene {
  readonly tenant: ServedLogin;
  readonly config: client.Configuration;
  readonly visiting: Visitor;
}

interface Setup {
  /** Of the application. */
  readonly members?: object;
  readonly authentication?: (secret: string) => client.ClientAuth;
  readonly execute?: ((config: client.Configuration) => void)[];
  readonly settings?: object;
}

/** A client that follows OpenID Connect and nothing else, and verifies every signature. */
async function scene({ members, authentication, execute = [], settings }: Setup = {}): Promise<Scene> {
  const tenant = await servedLogin('ea');
  if (settings) await tenant.management.tenants.settings.update(settings);
  const app = await tenant.createApp(
    { callbacks: [callback], allowed_logout_urls: [home] },
    { refresh_token: { rotation_type: 'rotating' }, token_endpoint_auth_method: 'client_secret_basic', ...members },
  );
  const config = await client.discovery(
    new URL(tenant.issuer),
    app.clientId,
    undefined,
    (authentication ?? client.ClientSecretBasic)(app.clientSecret),
    { execute: [client.enableNonRepudiationChecks, ...execute], [client.customFetch]: tenant.fetch as never },
  );
  return { tenant, config, visiting: visitor(tenant.fetch) };
}

const checks = { expectedState: 'a state & more', expectedNonce: 'a nonce', pkceCodeVerifier: 'v'.repeat(43) };

async function parameters(more: Record<string, string> = {}): Promise<Record<string, string>> {
  return {
    redirect_uri: callback,
    scope: 'openid profile email offline_access',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...more,
  };
}

/** Logs Jane in, and returns the URL to which the browser is sent, or the page that posts itself there. */
async function answered({ config, visiting }: Scene, more?: Record<string, string>) {
  const url = client.buildAuthorizationUrl(config, await parameters(more));
  return logIn(visiting, await visiting.open(url), jane, { stopAt: callback });
}

/** The request with which a browser posts the page of response mode form_post. */
function postOf(html: string): Request {
  const fields = [...html.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => {
    return [name, value.replaceAll('&amp;', '&')] as [string, string];
  });
  return new Request(callback, { method: 'POST', body: new URLSearchParams(fields) });
}

const claimsOfJane = { email: jane.email, name: 'Jane Doe', sub: expect.stringMatching(/^auth0\|/) };

describe('an OpenID client that follows the specifications', () => {
  it('logs in with a code, reads the user, refreshes, revokes, and logs out', async () => {
    const made = await scene();
    const { config, visiting } = made;
    const { url } = await answered(made, { max_age: '60' });
    const first = await client.authorizationCodeGrant(config, url, { ...checks, maxAge: 60, idTokenExpected: true });
    const claims = first.claims();
    expect(claims).toMatchObject({ ...claimsOfJane, sid: expect.any(String), auth_time: expect.any(Number) });
    const user = await client.fetchUserInfo(config, first.access_token, claims?.sub ?? '');
    expect(user).toMatchObject(claimsOfJane);

    const second = await client.refreshTokenGrant(config, first.refresh_token ?? '');
    expect(second.claims()).toMatchObject({ sub: claims?.sub, aud: claims?.aud });
    await client.tokenRevocation(config, second.refresh_token ?? '');
    const revoked = client.refreshTokenGrant(config, second.refresh_token ?? '');
    await expect(revoked).rejects.toMatchObject({ status: 403, error: 'invalid_grant' });

    const end = client.buildEndSessionUrl(config, {
      ...{ post_logout_redirect_uri: home, id_token_hint: first.id_token ?? '', state: 'after' },
    });
    expect((await visiting.open(end, { stopAt: home })).url.href).toBe(`${home}?state=after`);
    const silent = client.buildAuthorizationUrl(config, await parameters({ prompt: 'none' }));
    const { url: refused } = await visiting.open(silent, { stopAt: callback });
    const attempt = client.authorizationCodeGrant(config, refused, checks);
    await expect(attempt).rejects.toMatchObject({ error: 'login_required' });
  });

  it('logs out with the id of the session, without a question', async () => {
    const made = await scene();
    const { config, visiting } = made;
    const tokens = await client.authorizationCodeGrant(config, (await answered(made)).url, checks);
    const hint = String(tokens.claims()?.sid);
    const end = client.buildEndSessionUrl(config, { post_logout_redirect_uri: home, logout_hint: hint });
    expect((await visiting.open(end, { stopAt: home })).url.href).toBe(home);
  });

  it.each(['fragment', 'form_post'])('logs in with an ID token alone, response mode %s', async (mode) => {
    const made = await scene({ execute: [client.useIdTokenResponseType] });
    const { url, html } = await answered(made, { response_mode: mode });
    const answer = mode === 'fragment' ? url : postOf(html);
    const claims = await client.implicitAuthentication(made.config, answer, checks.expectedNonce, checks);
    expect(claims).toMatchObject(claimsOfJane);
  });

  it.each(['fragment', 'form_post'])('logs in with a code and an ID token, response mode %s', async (mode) => {
    const made = await scene({ execute: [client.useCodeIdTokenResponseType] });
    const { url, html } = await answered(made, { response_mode: mode });
    const answer = mode === 'fragment' ? url : postOf(html);
    const tokens = await client.authorizationCodeGrant(made.config, answer, checks);
    expect(tokens.claims()).toMatchObject(claimsOfJane);
  });

  it.each<[string, () => Promise<Setup> | Setup]>([
    ['client_secret_post', () => ({ authentication: client.ClientSecretPost })],
    ['none', () => ({ authentication: () => client.None() })],
    [
      'private_key_jwt',
      async () => {
        const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
        const key = await cryptoKey(privateKey);
        const credentials = [{ credential_type: 'public_key', pem }];
        return {
          authentication: () => client.PrivateKeyJwt(key),
          members: {
            token_endpoint_auth_method: undefined,
            client_authentication_methods: { private_key_jwt: { credentials } },
          },
        };
      },
    ],
  ])('logs in with a pushed request and client authentication %s', async (method, setup) => {
    const made = await scene({ members: { token_endpoint_auth_method: method }, ...(await setup()) });
    const { config, visiting } = made;
    const pushed = await client.buildAuthorizationUrlWithPAR(config, await parameters({ audience }));
    const { url } = await logIn(visiting, await visiting.open(pushed), jane, { stopAt: callback });
    const tokens = await client.authorizationCodeGrant(config, url, checks);
    expect(tokens.claims()).toMatchObject(claimsOfJane);
    expect((await client.refreshTokenGrant(config, tokens.refresh_token ?? '')).claims()?.sub).toBe(
      tokens.claims()?.sub,
    );
  });

  it('accepts no answer with another state, nonce or verifier', async () => {
    const made = await scene();
    const { url } = await answered(made);
    const redeem = (wrong: object) => client.authorizationCodeGrant(made.config, url, { ...checks, ...wrong });
    await expect(redeem({ expectedState: 'another' })).rejects.toThrow('invalid response encountered');
    await expect(redeem({ pkceCodeVerifier: 'w'.repeat(43) })).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(redeem({ expectedNonce: 'another' })).rejects.toThrow('unexpected JWT claim value');
  });

  it('finds the issuer in every answer, where the tenant promises it', async () => {
    const made = await scene({ settings: { authorization_response_iss_parameter_supported: true } });
    const { config, visiting } = made;
    expect(config.serverMetadata().authorization_response_iss_parameter_supported).toBe(true);
    const silent = client.buildAuthorizationUrl(config, await parameters({ prompt: 'none' }));
    const { url: refused } = await visiting.open(silent, { stopAt: callback });
    const attempt = client.authorizationCodeGrant(config, refused, checks);
    await expect(attempt).rejects.toMatchObject({ error: 'login_required' });
    const { url } = await answered(made);
    expect(url.searchParams.get('iss')).toBe(made.tenant.issuer);
    const tokens = await client.authorizationCodeGrant(config, url, checks);
    expect(tokens.claims()).toMatchObject(claimsOfJane);
  });
});

function cryptoKey(privateKey: KeyObject): Promise<webcrypto.CryptoKey> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
}
