import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import { openBrowser, openProfile } from '../../support/browser.ts';
import { testAuthority } from '../../support/https-tenant.ts';
import { newPage } from '../../support/login-pages.ts';
import { guestOf } from '../../support/sdk.ts';
import { audience, cartClaim, guestClaim, jane, type ServedLogin, servedLogin } from '../../support/served-login.ts';
import { callSpa, openSpa, spaOrigin, spaReady } from '../../support/spa-page.ts';

const editions: EditionName[] = ['preview', 'ea'];

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser((await testAuthority()).path);
}, 300_000);
afterAll(() => browser.close());

interface Scene {
  readonly tenant: ServedLogin;
  readonly page: Page;
  readonly origin: string;
  readonly complaints: readonly string[];
}

/** A page on the tenant's site, in a new browser profile. */
async function scene(edition: EditionName = 'ea', options: object = {}): Promise<Scene> {
  const tenant = await servedLogin(edition);
  const origin = await spaOrigin('https://localhost');
  const { page, complaints } = await newPage(browser);
  await openScene({ tenant, page, origin }, options);
  return { tenant, page, origin, complaints };
}

async function openScene({ tenant, page, origin }: Omit<Scene, 'complaints'>, options: object): Promise<void> {
  const { domain, clientId } = tenant;
  const authorizationParams = { redirect_uri: `${origin}/`, scope: 'openid profile email' };
  await openSpa(page, origin, { domain, clientId, authorizationParams, ...options });
}

/** Leaves guests the ticket as the only way into a login. */
async function turnOffCookie({ tenant }: Scene): Promise<void> {
  const sessions = { anonymous: { activate_cookie: false } };
  await tenant.management.tenants.settings.update({ sessions });
}

/** A new guest, by id. */
async function newGuest(page: Page, cart: string): Promise<string> {
  const { accessToken } = await callSpa<{ accessToken: string }>(page, 'anonymous.createSession', {
    ...{ audience, metadata: { cart } },
  });
  return guestOf(accessToken);
}

async function fillIn(page: Page, { email, password }: { email: string; password: string } = jane): Promise<void> {
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
}

/** Logs Jane in by redirect, and returns the claims of her ID token. */
async function loggedIn({ page, origin }: Scene): Promise<Record<string, unknown>> {
  await callSpa(page, 'loginWithRedirect', { appState: { from: '/cart' } });
  await fillIn(page);
  await page.waitForURL(`${origin}/?code=*`);
  await spaReady(page);
  expect(await callSpa(page, 'handleRedirectCallback')).toMatchObject({ appState: { from: '/cart' } });
  return callSpa(page, 'getIdTokenClaims');
}

/** The page again, without what it had in memory. */
async function reload({ page, origin }: Scene): Promise<void> {
  await page.goto(origin);
  await spaReady(page);
}

const claimsOfJane = { email: jane.email, sub: expect.stringMatching(/^auth0\|/) };

describe.each(editions)('@auth0/auth0-spa-js in Chromium, edition %s', (edition) => {
  it('logs in by redirect, stays logged in silently, and logs out', async () => {
    const made = await scene(edition);
    const { page, origin } = made;
    await expect(callSpa(page, 'getTokenSilently')).rejects.toThrow('login_required');
    if (edition === 'ea') await turnOffCookie(made);
    const guest = await newGuest(page, 'c1');
    const claims = await loggedIn(made);
    expect(claims).toMatchObject(claimsOfJane);
    // In the other edition, the SDK gets no ticket, and there is no cookie.
    expect([claims[guestClaim], claims[cartClaim]]).toEqual(edition === 'ea' ? [guest, 'c1'] : [undefined, undefined]);

    await reload(made);
    expect(await callSpa(page, 'isAuthenticated')).toBe(false);
    await callSpa(page, 'checkSession');
    expect(await callSpa(page, 'getUser')).toMatchObject(claimsOfJane);
    const forApi = { authorizationParams: { audience, scope: 'read:catalog' } };
    expect(guestOf(await callSpa<string>(page, 'getTokenSilently', forApi))).toMatch(/^auth0\|/);

    await callSpa(page, 'logout', { logoutParams: { returnTo: `${origin}/?out` } });
    await page.waitForURL(`${origin}/?out`);
    await spaReady(page);
    await expect(callSpa(page, 'getTokenSilently')).rejects.toThrow('login_required');
    expect(await callSpa(page, 'isAuthenticated')).toBe(false);
  });

  it('rotates refresh tokens, and revokes the last one', async () => {
    const made = await scene(edition, { useRefreshTokens: true });
    const { page, tenant } = made;
    await tenant.management.clients.update(tenant.clientId, {
      refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring' },
    });
    await loggedIn(made);
    const tokens = new Set<string>();
    for (const _ of ['once', 'twice', 'three times']) {
      tokens.add(await callSpa<string>(page, 'getTokenSilently', { cacheMode: 'off' }));
    }
    expect(tokens.size).toBe(3);
    await callSpa(page, 'revokeRefreshToken');
    await expect(callSpa(page, 'getTokenSilently', { cacheMode: 'off' })).rejects.toThrow('missing_refresh_token');
  });
});

describe('@auth0/auth0-spa-js in Chromium, edition ea', () => {
  it('logs in with a popup and the ticket of a guest', async () => {
    const made = await scene();
    const { page, complaints } = made;
    await turnOffCookie(made);
    const guest = await newGuest(page, 'c2');
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.evaluate(() => {
        const { client } = globalThis as unknown as { client: { loginWithPopup(): Promise<void> } };
        // Not awaited here: the popup is answered below.
        Object.assign(globalThis, { popupEnded: client.loginWithPopup() });
      }),
    ]);
    await popup.waitForURL('**/u/login*');
    await fillIn(popup);
    await page.evaluate('popupEnded');
    expect(await callSpa(page, 'getIdTokenClaims')).toMatchObject({ [guestClaim]: guest, [cartClaim]: 'c2' });
    expect(popup.isClosed()).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('signs a guest up', async () => {
    const made = await scene();
    const { page, origin } = made;
    const guest = await newGuest(page, 'c5');
    await callSpa(page, 'loginWithRedirect', { authorizationParams: { screen_hint: 'signup' } });
    await fillIn(page, { email: 'mary@example.com', password: 'Wrong-Horse-8' });
    await page.waitForURL(`${origin}/?code=*`);
    await spaReady(page);
    await callSpa(page, 'handleRedirectCallback');
    expect(await callSpa(page, 'getUser')).toMatchObject({ email: 'mary@example.com', [guestClaim]: guest });
  });

  it('logs in with the cookie of a guest alone, as before version 2.28', async () => {
    const made = await scene('ea', { anonymousSessionsCacheMode: 'memory' });
    const guest = await newGuest(made.page, 'c3');
    // It forgets the guest, and has no ticket to send.
    await reload(made);
    expect(await callSpa(made.page, 'anonymous.hasSession')).toBe(false);
    expect(await loggedIn(made)).toMatchObject({ ...claimsOfJane, [guestClaim]: guest, [cartClaim]: 'c3' });
  });

  it('gets all of this on another site, with cookies alone', async () => {
    const profile = await openProfile((await testAuthority()).path);
    const [tenant, origin] = [await servedLogin('ea'), await spaOrigin('https://127.0.0.1')];
    const page = await profile.newPage();
    const made = { tenant, page, origin, complaints: [] };
    await openScene(made, { anonymousSessionsCacheMode: 'memory' });
    const guest = await newGuest(page, 'c4');
    await reload(made);
    expect(await loggedIn(made)).toMatchObject({ ...claimsOfJane, [guestClaim]: guest });
    await reload(made);
    await callSpa(page, 'checkSession');
    expect(await callSpa(page, 'getUser')).toMatchObject(claimsOfJane);
  });

  it('learns from the tenant that its refresh token was revoked', async () => {
    const made = await scene('ea', { useRefreshTokens: true, cacheLocation: 'localstorage' });
    const { page, tenant } = made;
    await loggedIn(made);
    const saved = await page.evaluate(() =>
      JSON.stringify((globalThis as unknown as { localStorage: object }).localStorage),
    );
    const [, token = ''] = /refresh_token\\*":\\*"([^"\\]+)/.exec(saved) ?? [];
    await callSpa(page, 'revokeRefreshToken');
    const body = new URLSearchParams({ grant_type: 'refresh_token', client_id: tenant.clientId, refresh_token: token });
    const refused = await tenant.fetch(`${tenant.url}/oauth/token`, { method: 'POST', body });
    expect([refused.status, await refused.json()]).toMatchObject([403, { error: 'invalid_grant' }]);
  });

  it('gets the refusal of a login at its callback', async () => {
    const { page, origin } = await scene('ea', {
      authorizationParams: { redirect_uri: 'x', audience: 'https://none' },
    });
    await callSpa(page, 'loginWithRedirect', { authorizationParams: { redirect_uri: `${origin}/` } });
    await page.waitForURL(`${origin}/?error=*`);
    await spaReady(page);
    await expect(callSpa(page, 'handleRedirectCallback')).rejects.toThrow('access_denied');
  });
});
