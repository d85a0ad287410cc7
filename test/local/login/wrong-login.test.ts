import { describe, expect, it } from 'vitest';
import { otherTenantKeys } from '../../support/local.ts';
import { answerIn, loginBrowser, type Visit } from '../../support/login-browser.ts';
import { answerOf, type LoginTenant, loginTenant, password } from '../../support/login-tenant.ts';

// The pages of a login, and who may go on with one.

/** A browser at the login page, or with `screen_hint` at the page to sign up, with the state of its login. */
async function atPage(tenant: LoginTenant, screen_hint?: string) {
  const browser = tenant.browser();
  const begun = await browser.visit(tenant.authorizePath({ screen_hint }));
  expect(begun.target?.pathname).toBe(screen_hint ? '/u/signup' : '/u/login');
  return { browser, state: begun.target?.searchParams.get('state') ?? '' };
}

const jane = { username: 'jane@example.com', password };

function expectNoLogin({ status, target, headers, text }: Visit, expected: { status: number; text: string }): void {
  expect({ status, target }).toEqual({ status: expected.status, target: undefined });
  expect(headers.get('set-cookie')).toBeNull();
  expect(text).toContain(expected.text);
}

const expired = { status: 400, text: 'This login has expired, or began in another browser.' };

describe('a login does not go on', () => {
  it.each<[string, (state: string) => string]>([
    ['no state', () => ''],
    [
      'a forged state',
      () => `${Buffer.from('{"alg":"dir"}').toString('base64url')}..AAAAAAAAAAAAAAAA.e30.AAAAAAAAAAAAAAAAAAAAAA`,
    ],
    ['a modified state', (state) => `${state.slice(0, -6)}AAAAAA`],
    ['a state without its end', (state) => state.slice(0, -1)],
    ['a state with more', (state) => `${state}.e30`],
  ])('with %s', async (_, made) => {
    const tenant = await loginTenant();
    const { browser, state } = await atPage(tenant);
    for (const path of ['/u/login', '/u/signup']) {
      expectNoLogin(await browser.visit(path, { form: { ...jane, state: made(state) } }), expired);
      expectNoLogin(await browser.visit(`${path}?state=${made(state)}`), expired);
    }
    expect(answerIn(await browser.visit('/u/login', { form: { ...jane, state } }))).toHaveProperty('code');
  });

  it('with the state of another tenant, or of the same tenant with other keys', async () => {
    const [tenant, other] = [await loginTenant(), await loginTenant({ keys: async () => otherTenantKeys })];
    const { state } = await atPage(other);
    const { browser } = await atPage(tenant);
    expectNoLogin(await browser.visit('/u/login', { form: { ...jane, state } }), expired);
  });

  it.each([
    ['without cookies', []],
    ["with another browser's cookie", [['did', 'another']]],
    ['with an empty cookie', [['did', '']]],
  ] as [string, [string, string][]][])(
    'in another browser, %s: nobody is logged in by a page of somebody else',
    async (_, cookies) => {
      const tenant = await loginTenant();
      const { state } = await atPage(tenant);
      const browser = loginBrowser(tenant, cookies);
      expectNoLogin(await browser.visit('/u/login', { form: { ...jane, state } }), expired);
      expectNoLogin(await browser.visit('/u/login', { form: { user: String(tenant.jane.user_id), state } }), expired);
      expectNoLogin(await browser.visit('/u/signup', { form: { email: 'new@example.com', password, state } }), expired);
    },
  );

  it('after an hour', async () => {
    const tenant = await loginTenant();
    const { browser, state } = await atPage(tenant);
    tenant.clock.forward(3599);
    expect((await browser.visit(`/u/login?state=${state}`)).status).toBe(200);
    tenant.clock.forward(1);
    expectNoLogin(await browser.visit('/u/login', { form: { ...jane, state } }), expired);
  });

  it('at an application that was deleted', async () => {
    const tenant = await loginTenant();
    const { browser, state } = await atPage(tenant);
    await tenant.store.write((writer) => writer.remove('client', tenant.app.client_id));
    expectNoLogin(await browser.visit('/u/login', { form: { ...jane, state } }), expired);
  });

  it('at a callback that the application does not list any more', async () => {
    const tenant = await loginTenant();
    const { browser, state } = await atPage(tenant);
    await tenant.change('client', tenant.app.client_id, { callbacks: ['https://shop.example/new'] });
    expectNoLogin(await browser.visit('/u/login', { form: { ...jane, state } }), expired);
  });
});

describe('the cookie by which a login knows its browser', () => {
  it.each([
    ['https', 'Secure; SameSite=Lax'],
    ['http', 'SameSite=Lax'],
  ])('is set once, and never sent with a form of another site, over %s', async (scheme, attributes) => {
    const tenant = await loginTenant();
    const browser = tenant.browser();
    const url = new URL(tenant.authorizePath(), tenant.issuer.replace('https', scheme));
    const { headers } = await browser.visit(url);
    const set = headers.getSetCookie().map((cookie) => cookie.replace(/=[\w-]{32};/, '=VALUE;'));
    expect(set).toEqual([`did=VALUE; HttpOnly; ${attributes}; Path=/; Max-Age=31536000`]);
    expect((await browser.visit(url)).headers.getSetCookie()).toEqual([]);
  });
});

describe('a login that begins with a form on another site', () => {
  /** Without the browser's cookie, which such a request does not have. */
  async function begun(tenant: LoginTenant) {
    const url = new URL(tenant.authorizePath(), tenant.issuer);
    const { target, headers } = await tenant.browser().visit('/authorize', { form: url.search.slice(1) });
    expect([target?.pathname, headers.getSetCookie()]).toEqual(['/u/login', []]);
    return target ?? url;
  }

  it('leaves the cookie that the browser has, so that its other logins go on', async () => {
    const tenant = await loginTenant();
    const { browser, state } = await atPage(tenant);
    const known = browser.cookies.get('did');
    const { target } = await browser.visit(await begun(tenant));
    expect((await browser.visit(target ?? '')).status).toBe(200);
    expect(browser.cookies.get('did')).toBe(known);
    for (const each of [state, target?.searchParams.get('state') ?? '']) {
      expect(answerIn(await browser.visit('/u/login', { form: { ...jane, state: each } }))).toHaveProperty('code');
    }
  });

  it('belongs to the browser that opens its page, and to no form before', async () => {
    const tenant = await loginTenant();
    const start = await begun(tenant);
    const state = start.searchParams.get('state') ?? '';
    const [browser, other] = [tenant.browser(), tenant.browser()];
    for (const each of [browser, (await atPage(tenant)).browser]) {
      expectNoLogin(await each.visit('/u/login', { form: { ...jane, state } }), expired);
    }
    const { target } = await browser.visit(start);
    expect(browser.cookies.get('did')).toMatch(/^[\w-]{32}$/);
    const form = { ...jane, state: target?.searchParams.get('state') ?? '' };
    expectNoLogin(await other.visit('/u/login', { form }), expired);
    expect(answerIn(await browser.visit('/u/login', { form }))).toHaveProperty('code');
  });
});

describe('the login page refuses', () => {
  const wrong = { status: 200, text: 'Wrong email or password' };

  it.each([
    ['a wrong password', { username: 'jane@example.com', password: `${password}1` }],
    ['a password in other case', { username: 'jane@example.com', password: password.toUpperCase() }],
    ['a password with a space', { username: 'jane@example.com', password: `${password} ` }],
    ['an empty password', { username: 'jane@example.com', password: '' }],
    ['no password', { username: 'jane@example.com' }],
    ['a very long password', { username: 'jane@example.com', password: 'a'.repeat(20_000) }],
    ['an unknown user', { username: 'nobody@example.com', password }],
    ['no user', { password }],
    ['the user name of a property of all objects', { username: '__proto__', password }],
    ['an unknown user of the list', { user: 'auth0|nobody' }],
    ['a guest of the list', { user: 'anon@00000000-0000-4000-8000-000000000000' }],
  ] as [string, Record<string, string>][])('%s', async (_, form) => {
    const tenant = await loginTenant();
    const { browser, state } = await atPage(tenant);
    expectNoLogin(await browser.visit('/u/login', { form: { state, ...form } }), wrong);
    expect(await tenant.authorized({ prompt: 'none' }, browser)).toMatchObject({ error: 'login_required' });
  });

  it('a user without a password', async () => {
    const tenant = await loginTenant();
    const { user_id } = await tenant.addUser({ email: 'social@example.com', password: undefined });
    expect(user_id).toEqual(expect.any(String));
    const { browser, state } = await atPage(tenant);
    for (const given of ['', 'undefined', 'null']) {
      const form = { state, username: 'social@example.com', password: given };
      expectNoLogin(await browser.visit('/u/login', { form }), wrong);
    }
  });

  it('a wrong password and an unknown user with the same page', async () => {
    const tenant = await loginTenant();
    const { browser, state } = await atPage(tenant);
    const pageFor = async (username: string) => {
      const { text } = await browser.visit('/u/login', { form: { state, username, password: 'wrong' } });
      return text.replaceAll(username, 'USER');
    };
    // Nobody else has this name, so that nothing but the form's field contains it.
    expect(await pageFor('nobody-1@example.com')).toBe(await pageFor('nobody-2@example.com'));
    const known = await pageFor('jane@example.com');
    expect(known.replace(/<[^>]*USER[^>]*>/g, '').includes('Wrong email or password')).toBe(true);
    expect(known).not.toContain('exist');
  });

  it('a blocked user, at the callback and without a session', async () => {
    const tenant = await loginTenant();
    await tenant.change('user', String(tenant.jane.user_id), { blocked: true });
    for (const credentials of [jane, { user: String(tenant.jane.user_id) }]) {
      const { browser, state } = await atPage(tenant);
      const visit = await browser.visit('/u/login', { form: { ...credentials, state } });
      const blocked = {
        error: 'unauthorized',
        error_description: 'user is blocked',
        state: 'state of the application',
      };
      expect(answerOf(visit)).toEqual(blocked);
      expect(visit.headers.get('set-cookie')).toBeNull();
      // Whoever does not know the password does not learn that the user is blocked.
      const form = { state, username: 'jane@example.com', password: 'wrong' };
      expectNoLogin(await browser.visit('/u/login', { form }), wrong);
    }
  });

  it('pages of another origin, which may not read it', async () => {
    const tenant = await loginTenant();
    const { browser, state } = await atPage(tenant);
    const headers = { origin: 'https://shop.example' };
    for (const path of [
      '/authorize',
      `/u/login?state=${state}`,
      `/u/signup?state=${state}`,
      '/v2/logout',
      '/oidc/logout',
    ]) {
      const { headers: answered } = await browser.visit(path, { headers });
      expect(
        [...answered.keys()].filter((name) => name.startsWith('access-control-')),
        path,
      ).toEqual([]);
    }
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('the method %s', async (method) => {
    const tenant = await loginTenant();
    expect((await tenant.send(method, '/u/login')).status).toBe(404);
  });

  it.each([
    ['text', 'text/plain', 415],
    ['a file', 'multipart/form-data; boundary=x', 415],
    ['broken JSON', 'application/json', 400],
  ])('%s in place of a form', async (_, type, status) => {
    const tenant = await loginTenant();
    const answer = await tenant.send('POST', '/u/login', { text: '{', headers: { 'content-type': type } });
    expect(answer.status).toBe(status);
  });
});

describe('a sign-up is refused', () => {
  it.each([
    ['of an existing address', { email: 'jane@example.com', password }, 'exists'],
    ['of an existing address in other case', { email: 'JANE@Example.com', password }, 'exists'],
    ['without an address', { password }, 'Enter an email address.'],
    ['with a name', { email: 'jane', password }, 'Enter an email address.'],
    ['with two addresses', { email: 'a@b.example,c@d.example@e', password }, 'Enter an email address.'],
    ['with a space', { email: 'jane doe@example.com', password }, 'Enter an email address.'],
    ['with a line break', { email: 'new@example.com\r\nbcc: a@b.example', password }, 'Enter an email address.'],
    ['with a null byte', { email: 'new\0@example.com', password }, 'Enter an email address.'],
    ['with an address of 8 KB', { email: `${'n'.repeat(8192)}@example.com`, password }, 'Enter an email address.'],
    ['without a password', { email: 'new@example.com' }, 'assword'],
    ['with a short password', { email: 'new@example.com', password: 'aB3$' }, 'assword'],
    ['with a weak password', { email: 'new@example.com', password: 'aaaaaaaa' }, 'assword'],
  ] as [string, Record<string, string>, string][])('%s', async (_, form, text) => {
    const tenant = await loginTenant();
    const before = await tenant.store.count('user');
    const { browser, state } = await atPage(tenant, 'signup');
    expectNoLogin(await browser.visit('/u/signup', { form: { ...form, state } }), { status: 200, text });
    expect(await tenant.store.count('user')).toBe(before);
  });

  it('of one address twice at once: one of them becomes the user', async () => {
    const tenant = await loginTenant();
    const pages = await Promise.all([atPage(tenant, 'signup'), atPage(tenant, 'signup')]);
    const form = { email: 'new@example.com', password };
    const visits = await Promise.all(
      pages.map(({ browser, state }) => browser.visit('/u/signup', { form: { ...form, state } })),
    );
    expect(visits.filter((visit) => answerIn(visit).code !== undefined)).toHaveLength(1);
    const users = await tenant.store.list('user', { lookup: 'email', value: 'new@example.com' });
    expect(users).toHaveLength(1);
  });
});
