import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import { openBrowser } from '../support/browser.ts';
import { type HttpsTenant, httpsTenant, testAuthority } from '../support/https-tenant.ts';
import { guestOf } from '../support/sdk.ts';
import { callSpa, openSpa, spaOrigin } from '../support/spa-page.ts';

const audience = 'https://api.shop.example';
const day = 86_400;

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser((await testAuthority()).path);
}, 300_000);
afterAll(() => browser.close());

interface Guest {
  readonly accessToken: string;
}

/** A page on an origin of its own, in a new browser profile. */
async function openPage(tenant: HttpsTenant): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.clock.install({ time: tenant.clock() });
  await openSpa(page, await spaOrigin('http://localhost'), { domain: tenant.domain, clientId: tenant.app.client_id });
  return page;
}

/** Calls a function of `client.anonymous` in the page. */
function call<Result = Guest>(page: Page, name: string, options?: object): Promise<Result> {
  return callSpa(page, `anonymous.${name}`, options);
}

describe.each<EditionName>(['preview', 'ea'])('@auth0/auth0-spa-js in Chromium over HTTPS, edition %s', (edition) => {
  it('creates a guest, renews the access token, and logs out', async () => {
    const tenant = await httpsTenant(edition);
    const page = await openPage(tenant);
    const first = await call(page, 'createSession', { audience, scope: 'read:catalog' });
    expect(guestOf(first.accessToken)).toMatch(/^anon[|@]/);
    expect(await call<boolean>(page, 'hasSession')).toBe(true);

    // The access token has ended, the session has not.
    tenant.clock.forward(2 * day);
    await page.clock.setFixedTime(tenant.clock());
    const renewed = await call(page, 'getTokenSilently', { audience, scope: 'read:catalog' });
    expect(renewed.accessToken).not.toBe(first.accessToken);
    expect(guestOf(renewed.accessToken)).toBe(guestOf(first.accessToken));

    await call(page, 'logout');
    expect(await call<boolean>(page, 'hasSession')).toBe(false);
    const second = await call(page, 'createSession', { audience });
    expect(guestOf(second.accessToken)).not.toBe(guestOf(first.accessToken));
  });

  it('learns that a session has expired', async () => {
    const tenant = await httpsTenant(edition);
    const page = await openPage(tenant);
    await call(page, 'createSession', { audience });
    tenant.clock.forward(31 * day);
    await page.clock.setFixedTime(tenant.clock());
    await expect(call(page, 'getTokenSilently', { audience })).rejects.toThrow(/expired/);
  });

  it('carries the guest into a login with a ticket, where the edition has one', async () => {
    const page = await openPage(await httpsTenant(edition));
    await call(page, 'createSession', { audience });
    const ticket = await call<string | null>(page, 'mintTransferToken');
    expect(ticket?.split('.').length).toBe(edition === 'ea' ? 5 : undefined);
    expect(await call<null>(page, 'getClaims')).toBeNull();
  });

  it('reads the refusal of a closed gate', async () => {
    const tenant = await httpsTenant(edition);
    const page = await openPage(tenant);
    await tenant.change('client', tenant.app.client_id, {
      can_create_anonymous_sessions: false,
      anonymous_sessions: { active: false },
    });
    await expect(call(page, 'createSession', { audience })).rejects.toThrow('unauthorized_client');
  });

  it('gets no answer on an origin that the application does not allow', async () => {
    const tenant = await httpsTenant(edition);
    await tenant.change('client', tenant.app.client_id, {
      ...{ web_origins: ['https://shop.example'], allowed_origins: [], callbacks: [] },
    });
    const page = await openPage(tenant);
    await expect(call(page, 'createSession', { audience })).rejects.toThrow(/fetch|network/i);
  });
});
