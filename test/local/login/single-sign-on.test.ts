import { describe, expect, it } from 'vitest';
import { claimsOf } from '../../support/local.ts';
import { answerIn, type LoginBrowser, loginBrowser } from '../../support/login-browser.ts';
import {
  answerOf,
  type Changes,
  formOf,
  type LoginTenant,
  loginTenant,
  password,
  rightRequest,
} from '../../support/login-tenant.ts';

/** The claims of the ID token of a silent login; undefined without a session. */
async function silent(tenant: LoginTenant, browser: LoginBrowser, client_id = tenant.app.client_id) {
  const request = { ...rightRequest(client_id), response_type: 'id_token', prompt: 'none', max_age: '999999999' };
  const visit = await browser.visit(`/authorize?${formOf(request)}`);
  const { id_token, error } = answerOf(visit);
  if (id_token === undefined) expect(error).toBe('login_required');
  return id_token === undefined ? undefined : claimsOf(id_token);
}

/** Logs in at the page, with a request that demands it. */
async function logInAgain(tenant: LoginTenant, browser: LoginBrowser, email = 'jane@example.com') {
  const page = await browser.visit(tenant.authorizePath({ prompt: 'login' }));
  const state = page.target?.searchParams.get('state') ?? '';
  return browser.visit('/u/login', { form: { state, username: email, password } });
}

const hour = 3600;

describe('the session cookie', () => {
  it('is HttpOnly, Secure and also sent from pages of other sites, for as long as the session can last', async () => {
    const tenant = await loginTenant();
    const visit = await logInAgain(tenant, tenant.browser());
    const cookies = visit.headers.getSetCookie().map((cookie) => cookie.replace(/=[\w-]{43};/, '=VALUE;'));
    expect(cookies).toEqual([
      `auth0=VALUE; HttpOnly; Secure; SameSite=None; Path=/; Max-Age=${168 * hour}`,
      `auth0_compat=VALUE; HttpOnly; Secure; Path=/; Max-Age=${168 * hour}`,
    ]);
  });

  it('is new with every login, and says nothing about the user, nor what ID tokens call the session', async () => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    const first = browser.cookies.get('auth0') ?? '';
    const { sid, sub } = (await silent(tenant, browser)) ?? {};
    await logInAgain(tenant, browser);
    const second = browser.cookies.get('auth0') ?? '';
    expect(second).not.toBe(first);
    for (const told of [String(sid), String(sub)]) expect(first).not.toContain(told);
    expect(JSON.stringify(await tenant.store.list('login_session'))).not.toContain(first);
  });

  it('is not taken from a browser that brings one: a login makes its own', async () => {
    const tenant = await loginTenant();
    const browser = loginBrowser(tenant, [['auth0', 'chosen by somebody else']]);
    await logInAgain(tenant, browser);
    expect(browser.cookies.get('auth0')).not.toBe('chosen by somebody else');
    expect(await silent(tenant, loginBrowser(tenant, [['auth0', 'chosen by somebody else']]))).toBeUndefined();
  });

  it('is read from its twin where a browser drops the first', async () => {
    const tenant = await loginTenant();
    const { cookies } = await tenant.loggedIn();
    const browser = loginBrowser(tenant, [['auth0_compat', cookies.get('auth0_compat') ?? '']]);
    expect(await silent(tenant, browser)).toMatchObject({ sub: tenant.jane.user_id });
  });
});

describe('a session ends', () => {
  it('unused for 72 hours', async () => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    tenant.clock.forward(72 * hour - 1);
    expect(await silent(tenant, browser)).toBeDefined();
    tenant.clock.forward(72 * hour - 1);
    expect(await silent(tenant, browser)).toBeDefined();
    tenant.clock.forward(72 * hour);
    expect(await silent(tenant, browser)).toBeUndefined();
  });

  it('after 168 hours, however often it is used', async () => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    for (let day = 1; day < 7; day++) {
      tenant.clock.forward(24 * hour);
      expect(await silent(tenant, browser)).toBeDefined();
    }
    tenant.clock.forward(24 * hour - 1);
    expect(await silent(tenant, browser)).toBeDefined();
    tenant.clock.forward(1);
    expect(await silent(tenant, browser)).toBeUndefined();
  });

  it('by the settings of the tenant', async () => {
    const tenant = await loginTenant({ settings: { session_lifetime: 2, idle_session_lifetime: 0.5 } });
    const [idle, used] = [await tenant.loggedIn(), await tenant.loggedIn()];
    for (const minutes of [29, 29, 29, 29]) {
      tenant.clock.forward(minutes * 60);
      expect(await silent(tenant, used)).toBeDefined();
    }
    expect(await silent(tenant, idle)).toBeUndefined();
    tenant.clock.forward(4 * 60);
    expect(await silent(tenant, used)).toBeUndefined();
  });

  it('is also used by a login whose Action changes the user', async () => {
    const tenant = await loginTenant({
      settings: { idle_session_lifetime: 1 },
      runAction: async () => ({
        commands: [{ kind: 'app_metadata', name: 'logins', value: tenantTime() }],
        printed: [],
        failure: undefined,
      }),
    });
    const tenantTime = () => tenant.clock();
    const action = { id: 'act', name: 'count', trigger: 'post-login', file: '/count.js', secrets: {}, order: 0 };
    await tenant.store.write((writer) => writer.put('action', action.id, action));
    const browser = await tenant.loggedIn();
    for (const minutes of [40, 40, 40]) {
      tenant.clock.forward(minutes * 60);
      expect(await silent(tenant, browser)).toBeDefined();
    }
  });

  it('and leaves nothing behind, also where its user never comes back', async () => {
    const tenant = await loginTenant();
    await tenant.loggedIn(tenant.john);
    tenant.clock.forward(168 * hour);
    await tenant.loggedIn();
    const sessions = await tenant.store.list('login_session');
    expect(sessions.map(({ user_id }) => user_id)).toEqual([tenant.jane.user_id]);
  });

  it('with its user', async () => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    await tenant.store.write((writer) => writer.remove('user', String(tenant.jane.user_id)));
    expect(await silent(tenant, browser)).toBeUndefined();
    const page = await browser.visit(tenant.authorizePath());
    expect(page.target?.pathname).toBe('/u/login');
  });

  it('with a block of its user, who learns why', async () => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    await tenant.change('user', String(tenant.jane.user_id), { blocked: true });
    expect(await tenant.authorized({ prompt: 'none' }, browser)).toMatchObject({ error: 'unauthorized' });
  });

  it('with a logout, in this browser alone, and its cookie opens nothing any more', async () => {
    const tenant = await loginTenant();
    const [here, there] = [await tenant.loggedIn(), await tenant.loggedIn()];
    const copied = loginBrowser(tenant, here.cookies);
    const visit = await here.visit('/v2/logout');
    expect(visit.headers.getSetCookie()).toEqual([
      'auth0=; HttpOnly; Secure; SameSite=None; Path=/; Max-Age=0',
      'auth0_compat=; HttpOnly; Secure; Path=/; Max-Age=0',
    ]);
    expect(await silent(tenant, copied)).toBeUndefined();
    expect(await silent(tenant, there)).toBeDefined();
  });
});

describe('one session', () => {
  it('is for all applications, with one sid and one time of authentication', async () => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    const authenticated = tenant.clock() / 1000;
    tenant.clock.forward(hour);
    const [web, server] = [await silent(tenant, browser), await silent(tenant, browser, tenant.server.client_id)];
    expect(web?.sid).toBe(server?.sid);
    expect([web?.aud, server?.aud]).toEqual([tenant.app.client_id, tenant.server.client_id]);
    expect([web?.auth_time, server?.auth_time]).toEqual([authenticated, authenticated]);
  });

  it.each<[string, Changes]>([
    ['prompt=login', { prompt: 'login' }],
    ['prompt=select_account', { prompt: 'select_account' }],
    ['prompt=login consent', { prompt: 'login consent' }],
    ['max_age=0', { max_age: '0' }],
    ['an older session than max_age', { max_age: '59' }],
    ['the wish to sign up', { screen_hint: 'signup' }],
  ])('does not do for %s', async (_, changes) => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    if (changes.max_age !== '0') tenant.clock.forward(60);
    const page = await browser.visit(tenant.authorizePath(changes));
    expect(page.target?.pathname).toMatch(/^\/u\/(?:login|signup)$/);
  });

  it('with max_age goes on after another login, with its time', async () => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    tenant.clock.forward(60);
    const request = { response_type: 'id_token', max_age: '59' };
    const page = await browser.visit(tenant.authorizePath(request));
    const state = page.target?.searchParams.get('state') ?? '';
    const visit = await browser.visit('/u/login', { form: { state, username: 'jane@example.com', password } });
    const { auth_time } = claimsOf(answerIn(visit, 'fragment').id_token ?? '');
    expect(auth_time).toBe(tenant.clock() / 1000);
  });

  it('becomes that of another user with their login', async () => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    await logInAgain(tenant, browser, 'john@example.com');
    expect(await silent(tenant, browser)).toMatchObject({ sub: tenant.john.user_id });
  });

  it.each(['a wrong password', 'a login that is refused'])('stays as it was after %s', async (what) => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    if (what !== 'a wrong password') await tenant.change('user', String(tenant.john.user_id), { blocked: true });
    const page = await browser.visit(tenant.authorizePath({ prompt: 'login' }));
    const form = {
      state: page.target?.searchParams.get('state') ?? '',
      username: 'john@example.com',
      password: what === 'a wrong password' ? 'wrong' : password,
    };
    await browser.visit('/u/login', { form });
    expect(await silent(tenant, browser)).toMatchObject({ sub: tenant.jane.user_id });
  });

  it('per browser: 20 logins at once, each with its own', async () => {
    const tenant = await loginTenant();
    const browsers = await Promise.all(Array.from({ length: 20 }, () => tenant.loggedIn()));
    const claims = await Promise.all(browsers.map((browser) => silent(tenant, browser)));
    expect(new Set(claims.map((found) => found?.sid)).size).toBe(20);
  });
});
