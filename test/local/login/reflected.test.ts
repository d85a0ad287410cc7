import { describe, expect, it } from 'vitest';
import { hiddenFields, postedMessage, readHtml } from '../../support/html.ts';
import type { Visit } from '../../support/login-browser.ts';
import { formOf, type LoginTenant, loginTenant } from '../../support/login-tenant.ts';
import { payloads } from '../../support/payloads.ts';

// Whatever a page repeats comes back as text: it adds no element, no attribute and no script.

type Show = (tenant: LoginTenant, text: string) => Promise<Visit>;

const unknownAt =
  (path: string, name: string): Show =>
  ({ browser, app }, text) =>
    browser().visit(`${path}?${formOf({ client_id: app.client_id, [name]: text })}`);

async function loginPage(tenant: LoginTenant, members: Record<string, string> = {}) {
  const browser = tenant.browser();
  const { target } = await browser.visit(tenant.authorizePath(members));
  return { browser, target, state: target?.searchParams.get('state') ?? '' };
}

async function shownLogin(tenant: LoginTenant, members?: Record<string, string>): Promise<Visit> {
  const { browser, target } = await loginPage(tenant, members);
  return browser.visit(target ?? '/');
}

const signUp = { screen_hint: 'signup' };
const silently = { prompt: 'none' };

/** Each text that a page repeats, and a request whose page does. */
const shows: [what: string, show: Show][] = [
  ['client_id on the page for errors', unknownAt('/authorize', 'client_id')],
  ['redirect_uri on the page for errors', unknownAt('/authorize', 'redirect_uri')],
  ['client_id of a logout', unknownAt('/v2/logout', 'client_id')],
  ['returnTo', unknownAt('/v2/logout', 'returnTo')],
  ['client_id of an OpenID logout', unknownAt('/oidc/logout', 'client_id')],
  ['post_logout_redirect_uri', unknownAt('/oidc/logout', 'post_logout_redirect_uri')],
  ['login_hint on the login page', (tenant, login_hint) => shownLogin(tenant, { login_hint })],
  ['login_hint on the sign-up page', (tenant, login_hint) => shownLogin(tenant, { ...signUp, login_hint })],
  [
    'the name of the application',
    async (tenant, name) => {
      await tenant.change('client', tenant.app.client_id, { name });
      return shownLogin(tenant);
    },
  ],
  [
    'the name of the application on the sign-up page',
    async (tenant, name) => {
      await tenant.change('client', tenant.app.client_id, { name });
      return shownLogin(tenant, signUp);
    },
  ],
  [
    'the name of the application in a command that would help',
    async (tenant, name) => {
      await tenant.change('client', tenant.app.client_id, { name });
      return tenant.browser().visit(tenant.authorizePath({ redirect_uri: 'https://other.example/' }));
    },
  ],
  [
    'the name of the tenant',
    async (tenant, friendly_name) => {
      await tenant.change('tenant', 'settings', { friendly_name });
      return shownLogin(tenant);
    },
  ],
  [
    'the name of a user',
    async (tenant, name) => {
      await tenant.change('user', String(tenant.jane.user_id), { name });
      return shownLogin(tenant);
    },
  ],
  [
    'the address of a user',
    async (tenant, email) => {
      await tenant.change('user', String(tenant.jane.user_id), { email });
      return shownLogin(tenant);
    },
  ],
  [
    'the address of a login that failed',
    async (tenant, username) => {
      const { browser, state } = await loginPage(tenant);
      return browser.visit('/u/login', { form: { state, username, password: 'wrong' } });
    },
  ],
  [
    'the address of a sign-up that failed',
    async (tenant, email) => {
      const { browser, state } = await loginPage(tenant, signUp);
      return browser.visit('/u/signup', { form: { state, email, password: '1' } });
    },
  ],
  [
    'state, posted in a form',
    (tenant, state) => tenant.browser().visit(tenant.authorizePath({ ...silently, state, response_mode: 'form_post' })),
  ],
  [
    'a description, posted in a form',
    (tenant, text) =>
      tenant.browser().visit(tenant.authorizePath({ audience: `x${text}`, response_mode: 'form_post' })),
  ],
  [
    'state, in a message',
    (tenant, state) =>
      tenant.browser().visit(tenant.authorizePath({ ...silently, state, response_mode: 'web_message' })),
  ],
  [
    'a description, in a message',
    (tenant, text) =>
      tenant.browser().visit(tenant.authorizePath({ audience: `x${text}`, response_mode: 'web_message' })),
  ],
];

describe.each(shows)('%s', (_, show) => {
  it('comes back as text', async () => {
    const plain = await show(await loginTenant(), 'harmless');
    const expected = readHtml(plain.text);
    expect(`${expected.values} ${expected.data}`).toContain('harmless');
    for (const [what, text] of payloads) {
      const page = await show(await loginTenant(), text);
      expect(page.status, what).toBe(plain.status);
      const { tags, data } = readHtml(page.text);
      expect(tags.filter(isStructure), what).toEqual(expected.tags.filter(isStructure));
      expect(page.text, what).not.toContain('\0');
      expect(data.join(''), what).not.toMatch(/[<\u2028\u2029]/);
      for (const name of ['content-type', 'content-security-policy', 'set-cookie', 'x-frame-options', 'location']) {
        expect(page.headers.get(name), what).toBe(plain.headers.get(name));
      }
    }
  });
});

/** The command that would help is left out where a terminal or an application could not use it. */
function isStructure(tag: string): boolean {
  return !['p', 'pre', 'code'].includes(tag);
}

describe('headers of every page', () => {
  it('let nothing run, frame, sniff, cache or refer', async () => {
    for (const [what, show] of shows) {
      const { headers } = await show(await loginTenant(), 'harmless');
      const isMessage = what.includes('in a message');
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy, what).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'/);
      expect(policy, what).toContain(`frame-ancestors ${isMessage ? 'https://shop.example' : "'none'"}`);
      expect(policy, what).not.toMatch(/unsafe|\*/);
      expect(headers.get('referrer-policy'), what).toBe('no-referrer');
      expect(headers.get('x-content-type-options'), what).toBe('nosniff');
      expect(headers.get('cache-control'), what).toBe('no-store');
    }
  });
});

describe('a form that posts itself, and a message', () => {
  it.each(payloads)('have %s as it was sent', async (_, state) => {
    const tenant = await loginTenant();
    const visit = (response_mode: string) =>
      tenant.browser().visit(tenant.authorizePath({ ...silently, state, response_mode }));
    const message = postedMessage((await visit('web_message')).text);
    expect(message).toMatchObject({ targetOrigin: 'https://shop.example', response: { state } });
    // HTML cannot express a null byte.
    expect(hiddenFields((await visit('form_post')).text).state).toBe(state.replaceAll('\0', '\u{FFFD}'));
  });
});
