import { describe, expect, it } from 'vitest';
import { errorPage } from '../../../../src/local/login/pages/error-page.ts';
import { loginPage, signUpPage } from '../../../../src/local/login/pages/login-pages.ts';
import { loggedOutPage, logoutPage } from '../../../../src/local/login/pages/logout-page.ts';
import { formPostPage, webMessagePage } from '../../../../src/local/login/pages/response-pages.ts';
import { loginRequest, signUpRequest } from '../../../support/login-pages.ts';

interface Form {
  readonly method: string | undefined;
  readonly action: string | undefined;
  /** The attributes of each input and button. */
  readonly controls: readonly Readonly<Record<string, string>>[];
}

/** As a program reads them that fills in forms: the first one first. */
function formsOf(document: string): Form[] {
  return [...document.matchAll(/<form ([^>]*)>(.*?)<\/form>/gs)].map(([, start = '', content = '']) => ({
    method: attributesOf(start).method,
    action: attributesOf(start).action,
    controls: [...content.matchAll(/<(?:input|button) ([^>]*)>/g)].map(([, text = '']) => attributesOf(text)),
  }));
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value = '']) => [name, value]),
  );
}

function controlOf(form: Form | undefined, name: string): Readonly<Record<string, string>> | undefined {
  return form?.controls.find((control) => control.name === name);
}

const users = Array.from({ length: 23 }, (_, index) => ({
  ...{ id: `auth0|${index}`, email: `user${index}@example.com`, name: `User ${index}` },
}));

describe('loginPage', () => {
  it('has a form like the service, before all others', async () => {
    const document = await loginPage({ ...loginRequest, users: users.slice(0, 2) }).text();
    const [form] = formsOf(document);
    expect(form).toMatchObject({ method: 'post', action: '/u/login' });
    expect(controlOf(form, 'state')).toEqual({ type: 'hidden', name: 'state', value: 'st4te' });
    expect(controlOf(form, 'username')).toMatchObject({
      ...{ id: 'username', inputmode: 'email', autocomplete: 'username', required: '', autofocus: '' },
    });
    expect(controlOf(form, 'password')).toMatchObject({
      ...{ id: 'password', type: 'password', autocomplete: 'current-password', required: '' },
    });
    expect(controlOf(form, 'action')).toMatchObject({ type: 'submit', value: 'default' });
    expect(document).toContain('Continue</button>');
    expect(document.match(/type="submit"/g)?.length).toBe(1);
    expect(document).toContain('<a href="/u/signup?state=st4te">Sign up</a>');
    expect(document).toContain('Never type a real password here.');
  });

  it('has a form for each user, which sends the user and the state', async () => {
    const [, ...forms] = formsOf(await loginPage({ ...loginRequest, users: users.slice(0, 2) }).text());
    expect(forms).toEqual(
      ['auth0|0', 'auth0|1'].map((id) => ({
        method: 'post',
        action: '/u/login',
        controls: [
          { type: 'hidden', name: 'state', value: 'st4te' },
          { name: 'user', value: id },
        ],
      })),
    );
  });

  it.each([
    [0, 0, undefined],
    [20, 20, undefined],
    [21, 20, 'and 1 more'],
    [23, 20, 'and 3 more'],
  ])('of %i users shows %i', async (count, shown, more) => {
    const document = await loginPage({ ...loginRequest, users: users.slice(0, count) }).text();
    expect(document.match(/name="user"/g)?.length ?? 0).toBe(shown);
    expect(/and \d+ more/.exec(document)?.[0]).toBe(more);
    expect(document.includes('Users of this local tenant')).toBe(count > 0);
  });

  it('names a user without a name by the e-mail address, once', async () => {
    const nameless = [{ id: 'auth0|1', email: 'jane@example.com', name: '' }];
    const document = await loginPage({ ...loginRequest, users: nameless }).text();
    expect(document.match(/jane@example\.com/g)?.length).toBe(1);
  });

  it.each([
    ['nothing is known', {}, 'username'],
    ['the address is known', { email: 'jane@example.com' }, 'password'],
    ['the address is wrong', { email: 'jane', problem: { text: 'No.', field: 'email' } as const }, 'username'],
    ['the password is wrong', { email: 'jane', problem: { text: 'No.', field: 'password' } as const }, 'password'],
  ])('gives the focus to the right field when %s', async (_, known, focused) => {
    const [form] = formsOf(await loginPage({ ...loginRequest, ...known }).text());
    expect(form?.controls.filter(({ autofocus }) => autofocus === '').map(({ name }) => name)).toEqual([focused]);
    expect(controlOf(form, 'username')?.value).toBe('email' in known ? known.email : undefined);
    expect(controlOf(form, 'password')).not.toHaveProperty('value');
  });

  it('connects a problem with its field', async () => {
    const problem = { text: 'Wrong email or password.', field: 'password' } as const;
    const document = await loginPage({ ...loginRequest, problem }).text();
    const [form] = formsOf(document);
    expect(document).toContain('<p class="problem" role="alert" id="problem">Wrong email or password.</p>');
    expect(controlOf(form, 'password')).toMatchObject({ 'aria-invalid': 'true', 'aria-describedby': 'problem' });
    expect(controlOf(form, 'username')).not.toHaveProperty('aria-invalid');
    expect(await loginPage(loginRequest).text()).not.toContain('role="alert"');
  });

  it('explains a connection that the tenant does not have', async () => {
    const document = await loginPage({ ...loginRequest, unknownConnection: 'google-oauth2' }).text();
    expect(document).toContain('requested the connection <code>google-oauth2</code>');
  });
});

describe('signUpPage', () => {
  it('has a form with a new password, and its rule beside it', async () => {
    const problem = { text: 'The password is too weak.', field: 'password' } as const;
    const document = await signUpPage({ ...signUpRequest, email: 'jane@example.com', problem }).text();
    const [form, ...others] = formsOf(document);
    expect(others).toEqual([]);
    expect(form).toMatchObject({ method: 'post', action: '/u/signup' });
    expect(controlOf(form, 'state')?.value).toBe('st4te');
    expect(controlOf(form, 'email')).toMatchObject({ id: 'email', value: 'jane@example.com', required: '' });
    expect(controlOf(form, 'password')).toMatchObject({
      ...{ type: 'password', autocomplete: 'new-password', 'aria-describedby': 'problem password-hint' },
    });
    expect(controlOf(form, 'action')).toMatchObject({ type: 'submit', value: 'default' });
    expect(document).toContain('id="password-hint">At least 8 characters.</p>');
    expect(document).toContain('<a href="/u/login?state=st4te">Log in</a>');
  });
});

describe('errorPage', () => {
  const failure = { status: 403, error: 'access_denied', description: 'The callback is not allowed.' };

  it('shows the error, the description and the command', async () => {
    const command = ['anon-cli', 'app', 'callbacks', 'add', "Jane's shop", 'http://localhost:3000/$(callback)'];
    const made = errorPage({ ...failure, hint: 'Add it:', command });
    expect(made.status).toBe(403);
    expect(made.headers.get('vary')).toBe('Accept');
    const document = await made.text();
    expect(document).toContain('<p>The callback is not allowed.</p>\n<p>Add it:</p>');
    expect(document).toContain('<code>access_denied</code>, status 403');
    const [, shown = ''] = /<pre><code>(.*)<\/code><\/pre>/.exec(document) ?? [];
    expect(shown.replaceAll('&#39;', "'")).toBe(
      `anon-cli app callbacks add 'Jane'\\''s shop' 'http://localhost:3000/$(callback)'`,
    );
  });

  it.each(['\x03rm', 'a\nb', '\u202eb', '\x1b[A'])('shows no command with %j', async (word) => {
    const document = await errorPage({ ...failure, hint: 'Add it.', command: ['anon-cli', word] }).text();
    expect(document).toContain('Add it.');
    expect(document).not.toContain('<pre>');
  });

  it('says who failed', async () => {
    expect(await errorPage(failure).text()).toContain('<h1>This request was refused</h1>');
    expect(await errorPage({ ...failure, status: 500 }).text()).toContain('<h1>This request failed</h1>');
  });

  it('is JSON for a client that wants it', async () => {
    const made = errorPage({ ...failure, hint: 'Add it:', wantsJson: true });
    expect([made.status, made.headers.get('content-type'), made.headers.get('cache-control')]).toEqual([
      ...[403, 'application/json; charset=utf-8', 'no-store'],
    ]);
    expect(await made.json()).toEqual({ error: 'access_denied', error_description: failure.description });
  });
});

it('logoutPage asks with a form', async () => {
  const [form] = formsOf(await logoutPage({ action: '/u/logout', state: 'st4te' }).text());
  expect(form).toMatchObject({ method: 'post', action: '/u/logout' });
  expect(controlOf(form, 'state')?.value).toBe('st4te');
  expect(controlOf(form, 'action')?.value).toBe('accept');
  expect(await loggedOutPage().text()).toContain('<h1>You are logged out</h1>');
});

it('formPostPage has the parameters in their order, and a button without scripts', async () => {
  const parameters = [
    ['code', 'a&b"c'],
    ['state', ''],
  ] as const;
  const document = await formPostPage('http://localhost:3000/cb?a=1&b=2', parameters).text();
  const [form] = formsOf(document);
  expect(form).toMatchObject({ method: 'post', action: 'http://localhost:3000/cb?a=1&amp;b=2' });
  expect(form?.controls.slice(0, 2)).toEqual([
    { type: 'hidden', name: 'code', value: 'a&amp;b&quot;c' },
    { type: 'hidden', name: 'state', value: '' },
  ]);
  expect(document).toMatch(/<noscript>.*<button type="submit"[^>]*>Continue<\/button>.*<\/noscript>/s);
});

it('webMessagePage has exactly the response as data', async () => {
  const response = { code: '</script>', state: 'a"b' };
  const document = await webMessagePage({ targetOrigin: 'http://localhost:3000', response }).text();
  const [, json = ''] = /<script type="application\/json" id="message">(.*?)<\/script>/s.exec(document) ?? [];
  expect(JSON.parse(json)).toEqual({ targetOrigin: 'http://localhost:3000', response });
});
