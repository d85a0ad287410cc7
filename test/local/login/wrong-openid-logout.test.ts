import { describe, expect, it } from 'vitest';
import { hiddenFields } from '../../support/html.ts';
import { answerIn, type LoginBrowser } from '../../support/login-browser.ts';
import { expectNoLogout, isLoggedIn } from '../../support/login-refusals.ts';
import { type Changes, formOf, type LoginTenant, loggedOut, loginTenant } from '../../support/login-tenant.ts';

// RP-Initiated Logout.

describe('/oidc/logout', () => {
  const uri = { post_logout_redirect_uri: loggedOut };

  async function hinted(tenant: LoginTenant, browser?: LoginBrowser): Promise<string> {
    const { id_token = '' } = await tenant.authorized({ response_type: 'id_token' }, browser);
    return id_token;
  }

  it('ends the session of the hint, and leads to the URL with the state, once', async () => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    const id_token_hint = await hinted(tenant, browser);
    const visit = await browser.visit(path('/oidc/logout', { id_token_hint, ...uri, state: 'a&b=#%20+ü' }));
    expect(visit.headers.get('location')?.startsWith(`${loggedOut}?state=`)).toBe(true);
    expect(answerIn(visit)).toEqual({ state: 'a&b=#%20+ü' });
    expect(await isLoggedIn(tenant, browser)).toBe(false);
  });

  it.each([
    ['none', {}],
    ['an empty one', { state: '' }],
  ])('adds no state for %s', async (_, members) => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    const id_token_hint = await hinted(tenant, browser);
    const visit = await browser.visit(path('/oidc/logout', { id_token_hint, ...uri, ...members }));
    expect(visit.headers.get('location')).toBe(loggedOut);
  });

  it('takes a URL exactly: a query that is not listed is refused', async () => {
    const tenant = await loginTenant();
    const url = `${loggedOut}?from=cart`;
    const why = `The "post_logout_redirect_uri" parameter "${url}" is not defined as a valid URL in "Allowed Logout URLs".`;
    const members = { client_id: tenant.app.client_id, post_logout_redirect_uri: url };
    await expectNoLogout(tenant, await tenant.loggedIn(), path('/oidc/logout', members), why);
  });

  it.each<[string, (tenant: LoginTenant) => Changes | Promise<Changes>, string]>([
    ['garbage', () => ({ id_token_hint: 'a.b.c' }), 'id_token_hint is not an ID token of this tenant.'],
    [
      "a guest's access token",
      async (tenant) => ({ id_token_hint: (await tenant.session()).access_token }),
      'id_token_hint is not an ID token of this tenant.',
    ],
    [
      'an ID token of another tenant',
      async () => ({ id_token_hint: await hinted(await loginTenant({ domain: 'other.example' })) }),
      'id_token_hint is not an ID token of this tenant.',
    ],
    [
      'an ID token, and another application',
      async (tenant) => ({ id_token_hint: await hinted(tenant), client_id: tenant.server.client_id }),
      'client_id is not the application of id_token_hint.',
    ],
    [
      'an ID token, and another session',
      async (tenant) => ({ id_token_hint: await hinted(tenant), logout_hint: 'other' }),
      'logout_hint is not the session of id_token_hint.',
    ],
  ])('refuses %s', async (_, members, why) => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    await expectNoLogout(tenant, browser, path('/oidc/logout', { ...uri, ...(await members(tenant)) }), why);
  });

  it.each<[string, (tenant: LoginTenant) => Changes | Promise<Changes>]>([
    ['no hint', ({ app }) => ({ client_id: app.client_id })],
    [
      "the hint of another user's session",
      async (tenant) => ({ id_token_hint: await hinted(tenant, await tenant.loggedIn(tenant.john)) }),
    ],
    ["the hint of another browser's session", async (tenant) => ({ id_token_hint: await hinted(tenant) })],
    ['an unknown logout_hint', ({ app }) => ({ client_id: app.client_id, logout_hint: 'other' })],
  ])('asks first, given %s', async (_, members) => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    const page = await browser.visit(path('/oidc/logout', { ...uri, ...(await members(tenant)) }));
    expect({ status: page.status, target: page.target }).toEqual({ status: 200, target: undefined });
    expect(await isLoggedIn(tenant, browser)).toBe(true);
    const done = await browser.visit('/u/logout', { form: hiddenFields(page.text) });
    expect(done.headers.get('location')).toBe(loggedOut);
    expect(await isLoggedIn(tenant, browser)).toBe(false);
  });

  it.each<[string, (state: string) => string]>([
    ['none', () => ''],
    ['a forged one', () => 'e30.e30.e30.e30.e30'],
    ['a modified one', (state) => `${state.slice(0, -6)}AAAAAA`],
  ])('takes no answer to its question with a state that is %s', async (_, made) => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    const { state = '' } = hiddenFields((await browser.visit('/oidc/logout')).text);
    const visit = await browser.visit('/u/logout', { form: { state: made(state) } });
    expect({ status: visit.status, target: visit.target }).toEqual({ status: 400, target: undefined });
    expect(await isLoggedIn(tenant, browser)).toBe(true);
  });

  it('takes no answer to its question from another browser, nor later than ten minutes', async () => {
    const tenant = await loginTenant();
    const [victim, attacker] = [await tenant.loggedIn(), await tenant.loggedIn(tenant.john)];
    const { state = '' } = hiddenFields((await attacker.visit('/oidc/logout')).text);
    expect((await victim.visit('/u/logout', { form: { state } })).status).toBe(400);
    expect(await isLoggedIn(tenant, victim)).toBe(true);
    tenant.clock.forward(600);
    expect((await attacker.visit('/u/logout', { form: { state } })).status).toBe(400);
    expect(await isLoggedIn(tenant, attacker)).toBe(true);
  });

  it.each(['id_token_hint', 'logout_hint', 'state'])('refuses %s twice', async (name) => {
    const tenant = await loginTenant();
    const query = `/oidc/logout?${formOf({ client_id: tenant.app.client_id })}&${name}=a&${name}=b`;
    await expectNoLogout(tenant, await tenant.loggedIn(), query, `The parameter ${name} is given more than once.`);
  });
});

function path(at: string, members: Changes): string {
  return `${at}?${formOf(members)}`;
}
