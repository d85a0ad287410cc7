import { AuthClient } from '@auth0/auth0-auth-js';
import type { ConfigParams } from 'express-openid-connect';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../support/browser.ts';
import { testAuthority } from '../../support/https-tenant.ts';
import { newPage } from '../../support/login-pages.ts';
import { type OpenidApp, openidApp } from '../../support/openid-app.ts';
import { guestOf } from '../../support/sdk.ts';
import { audience, cartClaim, guestClaim, jane, type ServedLogin, servedLogin } from '../../support/served-login.ts';
import { logIn, type Visited, type Visitor, visitor } from '../../support/visitor.ts';

interface Scene {
  readonly tenant: ServedLogin;
  readonly app: OpenidApp;
  readonly visiting: Visitor;
}

async function scene(config?: ConfigParams): Promise<Scene> {
  const tenant = await servedLogin('ea');
  return { tenant, app: await openidApp(tenant, config), visiting: visitor(tenant.fetch) };
}

/** Sends the page that answers with response mode form_post, as its script would. */
async function posted({ visiting }: Scene, page: Visited): Promise<Visited> {
  return page.html.includes('<title>Continue to the application</title>') ? visiting.submit(page) : page;
}

/** Logs Jane in: what the application knows about her then. */
async function loggedIn(made: Scene, path = '/login') {
  const page = await made.visiting.open(`${made.app.url}${path}`);
  return JSON.parse((await posted(made, await logIn(made.visiting, page, jane))).html);
}

async function opened(made: Scene, path = '/', app = made.app) {
  return JSON.parse((await posted(made, await made.visiting.open(`${app.url}${path}`))).html);
}

/** The ticket of a new guest of the application. */
async function guestTicket({ tenant, app }: Scene) {
  const { domain, fetch } = tenant;
  const { anonymous } = new AuthClient({ domain, ...app.client, customFetch: fetch });
  const { sessionToken = '', accessToken } = await anonymous.createSession({ audience, metadata: { cart: 'c1' } });
  return { guest: guestOf(accessToken), ticket: await anonymous.mintTransferToken(sessionToken) };
}

const claimsOfJane = { email: jane.email, sub: expect.stringMatching(/^auth0\|/) };

describe('express-openid-connect logs in', () => {
  it('with its defaults, an ID token in a form that posts itself, and a guest', async () => {
    const made = await scene();
    const { guest, ticket } = await guestTicket(made);
    const { user, claims } = await loggedIn(made, `/enter?anon_transfer_token=${ticket}`);
    expect(user).toMatchObject({ ...claimsOfJane, [guestClaim]: guest, [cartClaim]: 'c1' });
    expect(claims).toMatchObject({ aud: made.app.client.clientId, iss: made.tenant.issuer });
    expect(await opened(made)).toMatchObject({ user });
  });

  it('with a code and HTTP Basic, reads the user, and refreshes twice', async () => {
    const scope = 'openid profile email offline_access read:catalog';
    const made = await scene({ authorizationParams: { response_type: 'code', audience, scope } });
    expect((await loggedIn(made)).user).toMatchObject(claimsOfJane);
    expect(await opened(made, '/userinfo')).toMatchObject({ ...claimsOfJane, name: 'Jane Doe' });
    const tokens = [await opened(made, '/refresh'), await opened(made, '/refresh')];
    expect(tokens.map(({ rotated }) => rotated)).toEqual([true, true]);
    expect(tokens[0].token).not.toBe(tokens[1].token);
    expect((await opened(made)).user).toMatchObject(claimsOfJane);
  });

  it('with a code and an ID token that has its hash', async () => {
    const made = await scene({
      authorizationParams: { response_type: 'code id_token', scope: 'openid email', max_age: 3600 },
    });
    const { user, claims } = await loggedIn(made);
    expect(user).toMatchObject(claimsOfJane);
    expect(claims).toMatchObject({ auth_time: expect.any(Number), at_hash: expect.any(String) });
    expect(await opened(made, '/userinfo')).toMatchObject({ email: jane.email });
  });

  it('with a pushed authorization request', async () => {
    const made = await scene({ authorizationParams: { response_type: 'code' }, pushedAuthorizationRequests: true });
    const page = await made.visiting.open(`${made.app.url}/login`);
    expect(JSON.parse((await logIn(made.visiting, page, jane)).html).user).toMatchObject(claimsOfJane);
  });

  it('silently, where the user has a session at the tenant', async () => {
    const made = await scene({ attemptSilentLogin: true });
    expect((await opened(made)).user).toBeNull();
    await loggedIn(made);
    const other = await openidApp(made.tenant, {
      attemptSilentLogin: true,
      session: { name: 'otherSession' },
      transactionCookie: { name: 'other_verification' },
    });
    // The first application has given up being silent, in a cookie that the second one would share.
    made.visiting.cookies.delete('skipSilentLogin');
    expect((await opened(made, '/', other)).user).toMatchObject(claimsOfJane);
  });

  it('not with an answer to another request', async () => {
    const made = await scene();
    const page = await made.visiting.open(`${made.app.url}/login`);
    const answer = await logIn(made.visiting, page, jane);
    // The next one has another nonce.
    await made.visiting.open(`${made.app.url}/login`);
    const refused = await made.visiting.submit(answer);
    expect(refused).toMatchObject({ status: 400, html: expect.stringContaining('unexpected JWT claim value') });
  });
});

describe('express-openid-connect in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser((await testAuthority()).path);
  }, 300_000);
  afterAll(() => browser.close());

  it('logs in with its defaults and a guest, and logs out', async () => {
    const made = await scene();
    const { guest, ticket } = await guestTicket(made);
    const { page } = await newPage(browser);
    const shown = async () => JSON.parse((await page.textContent('body')) ?? '');
    await page.goto(`${made.app.url}/enter?anon_transfer_token=${ticket}`);
    await page.getByLabel('Email address').fill(jane.email);
    await page.getByLabel('Password').fill(jane.password);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.waitForURL(`${made.app.url}/`);
    expect((await shown()).user).toMatchObject({ ...claimsOfJane, [guestClaim]: guest });
    // With the session at the tenant, nothing is asked again.
    await page.goto(`${made.app.url}/login`);
    await page.waitForURL(`${made.app.url}/`);
    await page.goto(`${made.app.url}/logout`);
    await page.waitForURL(`${made.app.url}/`);
    expect((await shown()).user).toBeNull();
    await page.goto(`${made.app.url}/login`);
    expect(await page.title()).toMatch(/^Log in to /);
  });
});

describe('express-openid-connect logs out', () => {
  it.each<[string, ConfigParams]>([
    ['/oidc/logout', {}],
    ['/v2/logout', { auth0Logout: true }],
  ])('by %s, without a question', async (path, config) => {
    const made = await scene(config);
    await loggedIn(made);
    const out = await made.visiting.open(`${made.app.url}/logout`, { stopAt: made.tenant.url });
    expect(out.url.pathname).toBe(path);
    const back = await made.visiting.open(out.url);
    expect([back.url.href, JSON.parse(back.html).user]).toEqual([`${made.app.url}/`, null]);
    expect((await made.visiting.open(`${made.app.url}/login`)).html).toContain('<title>Log in to ');
  });
});
