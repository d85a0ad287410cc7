import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hiddenFields, postedMessage } from '../../support/html.ts';
import { claimsOf } from '../../support/local.ts';
import { answerIn, type Visit } from '../../support/login-browser.ts';
import {
  callback,
  formOf,
  type LoginTenant,
  loggedOut,
  loginTenant,
  rightExchange,
} from '../../support/login-tenant.ts';
import { payloads } from '../../support/payloads.ts';

// What comes back to an application, byte for byte, and only what it sent.

const modes: [mode: string, read: (visit: Visit) => Record<string, string> | undefined][] = [
  ['query', (visit) => answerIn(visit)],
  ['fragment', (visit) => answerIn(visit, 'fragment')],
  ['form_post', ({ text }) => hiddenFields(text)],
  ['web_message', ({ text }) => postedMessage(text).response],
];

const isHeaderText = /^[\x21-\x7e]+$/;

describe.each(modes)('response mode %s', (response_mode, read) => {
  it.each<[string, string]>([
    ['an ordinary state', 'eyJhIjoxfQ'],
    ['a space at either end', ' a '],
    ['a plus', 'a+b'],
    ['escapes', '%41%2B%'],
    ['what separates parameters', '&code=evil&state=evil;a=b#c?d'],
    ['other alphabets', 'größe カート 😀'],
    ['composed and decomposed letters', '\u00e9e\u0301'],
    ['a zero', '0'],
    ['a word that is a value elsewhere', 'undefined'],
    ['a property of all objects', '__proto__'],
    ['2 KB', 'aZ9-'.repeat(512)],
  ])('returns %s with a code and with an error', async (_, state) => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    const granted = read(await browser.visit(tenant.authorizePath({ response_mode, state })));
    expect(granted).toEqual({ code: expect.any(String), state });
    const refused = read(await tenant.browser().visit(tenant.authorizePath({ response_mode, state, prompt: 'none' })));
    expect(refused).toEqual({ error: 'login_required', error_description: 'Login required', state });
  });

  it.each([
    ['none', undefined],
    ['an empty one, which counts as none', ''],
  ])('returns no state for %s', async (_, state) => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    const granted = read(await browser.visit(tenant.authorizePath({ response_mode, state })));
    expect(granted).toEqual({ code: expect.any(String) });
    const refused = read(await browser.visit(tenant.authorizePath({ response_mode, state, prompt: 'create' })));
    expect(Object.keys(refused ?? {})).toEqual(['error', 'error_description']);
  });

  it('returns the state of a login that went through the page', async () => {
    const tenant = await loginTenant();
    const browser = tenant.browser();
    const state = '&=#% größe';
    const page = await browser.visit(tenant.authorizePath({ response_mode, state }));
    // The application's state is not readable on its way: it is not the page's.
    expect(page.headers.get('location')).not.toContain(encodeURIComponent(state));
    const form = { state: page.target?.searchParams.get('state') ?? '', user: String(tenant.jane.user_id) };
    expect(read(await browser.visit('/u/login', { form }))).toEqual({ code: expect.any(String), state });
  });
});

describe('a nonce', () => {
  it.each(['&=#% größe', '\0', '<b>', 'a'.repeat(2048)])(
    'comes back in the ID token as it was sent: %j',
    async (nonce) => {
      const tenant = await loginTenant();
      const { id_token = '' } = await tenant.authorized({ response_type: 'id_token', nonce });
      expect(claimsOf(id_token).nonce).toBe(nonce);
      expect(claimsOf((await tenant.tokens({ nonce })).id_token ?? '').nonce).toBe(nonce);
    },
  );

  it.each([undefined, ''])('that was not sent does not come back: %j', async (nonce) => {
    const tenant = await loginTenant();
    expect(claimsOf((await tenant.tokens({ nonce })).id_token ?? '')).not.toHaveProperty('nonce');
  });
});

describe('a code and an ID token', () => {
  it('in one answer belong together, and neither travels in a query', async () => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    for (const response_mode of [undefined, 'fragment', 'form_post']) {
      const visit = await browser.visit(tenant.authorizePath({ response_type: 'code id_token', response_mode }));
      const {
        code = '',
        id_token = '',
        ...others
      } = answerIn(visit, 'fragment').code ? answerIn(visit, 'fragment') : hiddenFields(visit.text);
      expect(others).toEqual({ state: 'state of the application' });
      expect(visit.target?.search ?? '').toBe('');
      const hash = createHash('sha256').update(code).digest().subarray(0, 16).toString('base64url');
      expect(claimsOf(id_token)).toMatchObject({ c_hash: hash, nonce: 'nonce of the application' });
      const exchange = await tenant.token(rightExchange({ client_id: tenant.app.client_id, code }));
      expect(claimsOf(exchange.body.id_token)).toMatchObject({
        sub: claimsOf(id_token).sub,
        sid: claimsOf(id_token).sid,
      });
    }
  });
});

describe('the issuer', () => {
  it('is named in answers and refusals, where the tenant says that it is', async () => {
    const settings = { authorization_response_iss_parameter_supported: true };
    const [tenant, other] = [await loginTenant({ settings }), await loginTenant()];
    for (const [mode, read] of modes) {
      for (const prompt of ['none', 'create']) {
        const visit = async (at: LoginTenant) =>
          read(await (await at.loggedIn()).visit(at.authorizePath({ prompt, response_mode: mode })));
        expect(await visit(tenant)).toHaveProperty('iss', tenant.issuer);
        expect(await visit(other)).not.toHaveProperty('iss');
      }
    }
  });
});

describe('a redirect', () => {
  const redirects: [
    string,
    (tenant: LoginTenant, text: string) => Promise<Visit>,
    (visit: Visit, text: string) => void,
  ][] = [
    [
      'state in a query',
      (tenant, state) => tenant.browser().visit(tenant.authorizePath({ prompt: 'none', state })),
      (visit, state) => expect(answerIn(visit).state).toBe(state),
    ],
    [
      'state in a fragment',
      (tenant, state) =>
        tenant.browser().visit(tenant.authorizePath({ prompt: 'none', response_mode: 'fragment', state })),
      (visit, state) => expect(answerIn(visit, 'fragment').state).toBe(state),
    ],
    [
      'a description',
      (tenant, text) => tenant.browser().visit(tenant.authorizePath({ audience: `x${text}` })),
      (visit, text) => expect(answerIn(visit).error_description).toBe(`Service not found: x${text}`),
    ],
    [
      'the state of a logout',
      (tenant, state) =>
        tenant
          .browser()
          .visit(
            `/oidc/logout?${formOf({ client_id: tenant.app.client_id, post_logout_redirect_uri: loggedOut, state })}`,
          ),
      (visit, state) => expect(answerIn(visit).state).toBe(state),
    ],
    [
      'the query of returnTo',
      (tenant, text) =>
        tenant
          .browser()
          .visit(`/v2/logout?${formOf({ client_id: tenant.app.client_id, returnTo: `${loggedOut}?a=${text}` })}`),
      (visit) => expect(visit.target?.origin).toBe('https://shop.example'),
    ],
  ];

  it.each(redirects)('has %s in its address alone', async (_, visit, check) => {
    for (const [what, text] of payloads) {
      const answer = await visit(await loginTenant(), text);
      expect(answer.status, what).toBe(302);
      expect(answer.text, what).toBe('');
      const location = answer.headers.get('location') ?? '';
      expect(location, what).toMatch(isHeaderText);
      expect(location.startsWith('https://shop.example/'), what).toBe(true);
      expect(answer.headers.get('set-cookie') ?? '', what).not.toContain('evil');
      check(answer, text);
    }
  });

  it('keeps a query that the callback has, and puts its own behind it', async () => {
    const redirect_uri = `${callback}?state=own&a=%20+&code=`;
    const tenant = await loginTenant({ app: { callbacks: [callback, redirect_uri] } });
    const visit = await (await tenant.loggedIn()).visit(tenant.authorizePath({ redirect_uri }));
    const location = visit.headers.get('location') ?? '';
    expect(location.startsWith(`${redirect_uri}&code=`)).toBe(true);
    expect(visit.target?.searchParams.getAll('state')).toEqual(['own', 'state of the application']);
  });

  it('says nothing of what the application did not ask to get back', async () => {
    const tenant = await loginTenant();
    const visit = await (await tenant.loggedIn()).visit(
      tenant.authorizePath({
        login_hint: 'jane@example.com',
        ui_locales: '<b> de',
        acr_values: '<i>',
        scope: '<u> openid',
      }),
    );
    expect(Object.keys(answerIn(visit))).toEqual(['code', 'state']);
  });

  it('is followed with GET after a form, and with no referrer', async () => {
    const tenant = await loginTenant();
    const browser = tenant.browser();
    const page = await browser.visit(tenant.authorizePath());
    expect(page).toMatchObject({ status: 302 });
    const form = { state: page.target?.searchParams.get('state') ?? '', user: String(tenant.jane.user_id) };
    const done = await browser.visit('/u/login', { form });
    expect(done.status).toBe(303);
    for (const { headers } of [page, done]) {
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });
});
