import { describe, expect, it } from 'vitest';
import { hiddenFields, postedMessage } from '../../support/html.ts';
import { claimsOf, otherTenantKeys } from '../../support/local.ts';
import { answerIn, type Visit } from '../../support/login-browser.ts';
import { answerOf, callback, type LoginTenant, loginTenant, password } from '../../support/login-tenant.ts';

const required = { error: 'login_required', error_description: 'Login required', state: 'state of the application' };

/** How each response mode delivers, and where its answer is. */
const deliveries: [mode: string, type: string, read: (visit: Visit) => unknown][] = [
  ['query', 'code', (visit) => answerIn(visit)],
  ['fragment', 'code', (visit) => answerIn(visit, 'fragment')],
  ['fragment', 'id_token', (visit) => answerIn(visit, 'fragment')],
  ['form_post', 'code', ({ text }) => hiddenFields(text)],
  ['form_post', 'code id_token', ({ text }) => hiddenFields(text)],
  ['web_message', 'code', ({ text }) => postedMessage(text).response],
];

describe('a silent login without a session', () => {
  it.each(deliveries)(
    'is answered with login_required in response mode %s, type %s',
    async (response_mode, response_type, read) => {
      const tenant = await loginTenant();
      const browser = tenant.browser();
      const visit = await browser.visit(tenant.authorizePath({ prompt: 'none', response_mode, response_type }));
      expect(read(visit)).toEqual(required);
      expect(visit.headers.get('set-cookie')).toBeNull();
      expect(visit.headers.get('cache-control')).toBe('no-store');
    },
  );

  it.each(['fragment', 'form_post', 'web_message'])(
    'shows no page of the login in response mode %s',
    async (response_mode) => {
      const tenant = await loginTenant();
      const visit = await tenant.browser().visit(tenant.authorizePath({ prompt: 'none', response_mode }));
      expect(visit.text).not.toContain('type="password"');
      expect(visit.target?.pathname ?? '/callback').toBe('/callback');
    },
  );

  it.each([
    ['and the login hint of a user', { login_hint: 'jane@example.com' }],
    ['and the wish to sign up', { screen_hint: 'signup' }],
  ])('%s logs nobody in', async (_, changes) => {
    const tenant = await loginTenant();
    const visit = await tenant.browser().visit(tenant.authorizePath({ prompt: 'none', ...changes }));
    expect(answerIn(visit)).toEqual(required);
  });

  it('goes on with the user who is logged in, whatever login_hint says', async () => {
    const tenant = await loginTenant();
    const request = { prompt: 'none', response_type: 'id_token', login_hint: 'john@example.com' };
    const { id_token = '' } = await tenant.authorized(request, await tenant.loggedIn(tenant.jane));
    expect(claimsOf(id_token).sub).toBe(tenant.jane.user_id);
  });

  it('logs nobody in at a tenant with automatic logins', async () => {
    const tenant = await loginTenant({ autoLogin: 'jane@example.com' });
    expect(answerIn(await tenant.browser().visit(tenant.authorizePath({ prompt: 'none' })))).toEqual(required);
  });

  it.each([
    ['unknown', 'auth0=unknown'],
    ['empty', 'auth0='],
    ['of a user by name', 'auth0=jane@example.com'],
  ])('has none by a cookie that is %s', async (_, cookie) => {
    const tenant = await loginTenant();
    const visit = await tenant.browser().visit(tenant.authorizePath({ prompt: 'none' }), { headers: { cookie } });
    expect(answerIn(visit)).toEqual(required);
  });

  it('has none by the id of a session, which ID tokens reveal', async () => {
    const tenant = await loginTenant();
    const { id_token = '' } = await tenant.authorized({ response_type: 'id_token' });
    const { sid } = JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString());
    expect(sid).toEqual(expect.any(String));
    const headers = { cookie: `auth0=${sid}; auth0_compat=${sid}` };
    expect(answerIn(await tenant.browser().visit(tenant.authorizePath({ prompt: 'none' }), { headers }))).toEqual(
      required,
    );
  });

  it('has none with an older session than max_age allows, nor with max_age 0', async () => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    const visit = (max_age: string) => tenant.authorized({ prompt: 'none', max_age }, browser);
    expect(await visit('0')).toEqual(required);
    tenant.clock.forward(100);
    expect(await visit('100')).toMatchObject({ code: expect.any(String) });
    expect(await visit('99')).toEqual(required);
  });
});

const notOurs = {
  error: 'invalid_request',
  error_description: 'id_token_hint is not an ID token of this application.',
  state: 'state of the application',
};

async function idToken(tenant: LoginTenant, user = tenant.jane): Promise<string> {
  const { id_token = '' } = await tenant.authorized({ response_type: 'id_token' }, await tenant.loggedIn(user));
  return id_token;
}

describe('id_token_hint is refused', () => {
  it.each<[string, (tenant: LoginTenant) => Promise<string> | string]>([
    ['garbage', () => 'garbage'],
    ['two dots', () => '..'],
    [
      'an unsigned token',
      async (tenant) => `${base64url({ alg: 'none', typ: 'JWT' })}.${(await idToken(tenant)).split('.')[1]}.`,
    ],
    ['a token with another signature', async (tenant) => `${(await idToken(tenant)).slice(0, -8)}AAAAAAAA`],
    [
      'a token with other claims',
      async (tenant) => (await idToken(tenant)).replace(/\.[^.]+\./, `.${base64url({ sub: 'x' })}.`),
    ],
    ['a token of another tenant', async () => idToken(await loginTenant({ keys: async () => otherTenantKeys }))],
    ["another issuer's token", async () => idToken(await loginTenant({ domain: 'other.example' }))],
    ["another application's token", tokenOfServer],
    [
      "a user's access token",
      async (tenant) => (await tenant.tokens({ audience: tenant.api.identifier })).access_token ?? '',
    ],
    ["a guest's access token", async (tenant) => (await tenant.session()).access_token],
    ["a guest's session token", async (tenant) => (await tenant.session()).session_token],
    ['a management token', managementToken],
  ])('%s', async (_, made) => {
    const tenant = await loginTenant();
    const id_token_hint = await made(tenant);
    const browser = await tenant.loggedIn();
    for (const prompt of [undefined, 'none', 'login']) {
      expect(answerIn(await browser.visit(tenant.authorizePath({ id_token_hint, prompt })))).toEqual(notOurs);
    }
  });
});

describe('id_token_hint of a user', () => {
  it('who is logged in goes through, also when it has expired', async () => {
    const tenant = await loginTenant();
    const id_token_hint = await idToken(tenant);
    tenant.clock.forward(36_001);
    const answer = await tenant.authorized({ id_token_hint, prompt: 'none' });
    expect(answer).toMatchObject({ code: expect.any(String) });
  });

  it('who is not logged in is login_required where no page may appear', async () => {
    const tenant = await loginTenant();
    const id_token_hint = await idToken(tenant, tenant.john);
    expect(await tenant.authorized({ id_token_hint, prompt: 'none' })).toEqual(required);
  });

  it('is met by no other user at the login page', async () => {
    const tenant = await loginTenant();
    const id_token_hint = await idToken(tenant, tenant.john);
    const browser = await tenant.loggedIn();
    const page = await browser.visit(tenant.authorizePath({ id_token_hint }));
    expect(page.target?.pathname).toBe('/u/login');
    const state = page.target?.searchParams.get('state') ?? '';
    const post = (username: string) => browser.visit('/u/login', { form: { state, username, password } });
    expect(answerOf(await post('jane@example.com'))).toEqual(required);
    expect(answerOf(await post('john@example.com'))).toMatchObject({ code: expect.any(String) });
  });

  it.each([
    ['a login hint', { login_hint: 'jane@example.com' }, undefined],
    ['an automatic login', {}, 'jane@example.com'],
  ])('is met by no other user of %s', async (_, changes, autoLogin) => {
    const tenant = await loginTenant({ autoLogin });
    const id_token_hint = await idToken(tenant, tenant.john);
    const visit = await tenant.browser().visit(tenant.authorizePath({ id_token_hint, ...changes }));
    expect(answerOf(visit)).toEqual(required);
    expect(visit.headers.get('set-cookie')).toBeNull();
  });
});

async function tokenOfServer(tenant: LoginTenant): Promise<string> {
  const { client_id } = tenant.server;
  const { id_token = '' } = await tenant.authorized({ client_id, redirect_uri: callback, response_type: 'id_token' });
  return id_token;
}

async function managementToken({ send, admin, issuer }: LoginTenant): Promise<string> {
  const { body } = await send('POST', '/oauth/token', {
    json: { grant_type: 'client_credentials', ...clientOf(admin), audience: `${issuer}api/v2/` },
  });
  return body.access_token;
}

function clientOf({ client_id, client_secret }: LoginTenant['admin']) {
  return { client_id, client_secret };
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
