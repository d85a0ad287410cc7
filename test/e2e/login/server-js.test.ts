import { ServerClient, type StateData, type TransactionData } from '@auth0/auth0-server-js';
import { describe, expect, it } from 'vitest';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import { guestOf } from '../../support/sdk.ts';
import { audience, cartClaim, guestClaim, jane, type ServedLogin, servedLogin } from '../../support/served-login.ts';
import { logIn, type Visitor, visitor } from '../../support/visitor.ts';

const callback = 'https://shop.example/callback';
const home = 'https://shop.example/';
const editions: EditionName[] = ['preview', 'ea'];

/** A store in memory. */
function memoryStoreOf<Data>() {
  const values = new Map<string, Data>();
  return {
    values,
    get: async (name: string) => values.get(name),
    set: async (name: string, data: Data) => void values.set(name, data),
    delete: async (name: string) => void values.delete(name),
  };
}

interface Scene {
  readonly tenant: ServedLogin;
  readonly client: ServerClient;
  readonly visiting: Visitor;
  /** What the SDK has saved for its only session. */
  state(): StateData;
}

async function scene(edition: EditionName = 'ea', options: object = {}): Promise<Scene> {
  const tenant = await servedLogin(edition);
  const app = await tenant.createApp(
    { callbacks: [callback], allowed_logout_urls: [home] },
    { refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring' } },
  );
  const states = memoryStoreOf<StateData>();
  const client = new ServerClient({
    domain: tenant.domain,
    ...app,
    customFetch: tenant.fetch,
    authorizationParams: {
      redirect_uri: callback,
      audience,
      scope: 'openid profile email offline_access read:catalog',
    },
    transactionStore: memoryStoreOf<TransactionData>(),
    stateStore: { ...states, deleteByLogoutToken: async () => {} },
    ...options,
  });
  const state = () => [...states.values.values()][0] as StateData;
  return { tenant, client, visiting: visitor(tenant.fetch), state };
}

/** Logs Jane in, and returns what the application saved for the time after the login. */
async function loggedIn({ client, visiting }: Scene, authorizationParams = {}, pushed = false) {
  const url = await client.startInteractiveLogin({
    authorizationParams,
    pushedAuthorizationRequests: pushed,
    appState: { from: '/cart' },
  });
  const page = await visiting.open(url);
  const { url: returned } = await logIn(visiting, page, jane, { stopAt: callback });
  return (await client.completeInteractiveLogin<{ from: string }>(returned)).appState;
}

/** Ends the access token that the application has saved, but not at the tenant. */
function expireAccessToken({ state }: Scene): void {
  for (const tokens of state().tokenSets) tokens.expiresAt = 0;
}

describe.each(editions)('@auth0/auth0-server-js, edition %s', (edition) => {
  it('logs in with a guest, refreshes twice, and logs out', async () => {
    const made = await scene(edition);
    const { client, visiting } = made;
    const guest = await client.authClient.anonymous.createSession({ audience, metadata: { cart: 'c1' } });
    const parameter = edition === 'ea' ? 'session_token' : 'anonymous_session_token';
    expect(await loggedIn(made, { [parameter]: guest.sessionToken })).toEqual({ from: '/cart' });
    expect(await client.getUser()).toMatchObject({
      email: jane.email,
      [guestClaim]: guestOf(guest.accessToken),
      [cartClaim]: 'c1',
    });
    const tokens = [await client.getAccessToken()];
    for (const _ of ['once', 'twice']) {
      expireAccessToken(made);
      tokens.push(await client.getAccessToken());
    }
    expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(3);
    // A refresh has no guest, but the claims of the login stay.
    expect(await client.getUser()).toMatchObject({ email: jane.email, [cartClaim]: 'c1' });
    for (const { accessToken } of tokens) expect(guestOf(accessToken)).toMatch(/^auth0\|/);

    const { refreshToken = '' } = made.state();
    const url = await client.logout({ returnTo: home });
    expect(await client.getSession()).toBeUndefined();
    const revoked = client.authClient.getTokenByRefreshToken({ refreshToken });
    await expect(revoked).rejects.toMatchObject({ cause: { error: 'invalid_grant' } });
    const asked = await visiting.open(url);
    const { url: end } = await visiting.submit(asked, { action: 'accept' }, { stopAt: home });
    expect(end.href).toBe(home);
    expect((await visiting.open(await client.startInteractiveLogin())).html).toContain('Log in to');
  });
});

describe('@auth0/auth0-server-js, edition ea', () => {
  it('logs in with the ticket of a guest, through a pushed request', async () => {
    const made = await scene();
    const { anonymous } = made.client.authClient;
    const guest = await anonymous.createSession({ audience, metadata: { cart: 'c2' } });
    const ticket = await anonymous.mintTransferToken(guest.sessionToken ?? '');
    await loggedIn(made, { anon_transfer_token: ticket }, true);
    expect(await made.client.getUser()).toMatchObject({
      [guestClaim]: guestOf(guest.accessToken),
      [cartClaim]: 'c2',
    });
  });

  it('learns that a refresh token was revoked', async () => {
    const made = await scene();
    await loggedIn(made);
    await made.client.revokeRefreshToken();
    expireAccessToken(made);
    await expect(made.client.getAccessToken()).rejects.toMatchObject({ cause: { error: 'invalid_grant' } });
  });

  it('finds the tenant of a domain that it resolves for each request', async () => {
    let domain = '';
    const made = await scene('ea', { domain: async () => domain });
    domain = made.tenant.domain;
    await loggedIn(made);
    expect(await made.client.getUser()).toMatchObject({ email: jane.email });
  });
});
