import { describe, expect, it } from 'vitest';
import type { ActionCommand, ActionOutcome } from '../../../src/local/actions/runner.ts';
import { hiddenFields, postedMessage } from '../../support/html.ts';
import { answerIn, type Visit } from '../../support/login-browser.ts';
import { answerOf, type LoginTenant, loginTenant, password, rightExchange } from '../../support/login-tenant.ts';

// Actions that refuse a login, or fail: nobody is logged in, and the application learns why.

interface ActingTenant extends LoginTenant {
  /** What Actions do from now on; at first nothing. */
  act(outcome: Partial<ActionOutcome>): void;
}

async function actingTenant(trigger = 'post-login'): Promise<ActingTenant> {
  let next: Partial<ActionOutcome> = {};
  const tenant = await loginTenant({
    runAction: async () => ({ commands: [], printed: [], failure: undefined, ...next }),
  });
  const action = { id: 'act', name: 'gate', trigger, file: '/gate.js', secrets: {}, order: 0 };
  await tenant.store.write((writer) => writer.put('action', action.id, action));
  return {
    ...tenant,
    act(outcome) {
      next = outcome;
    },
  };
}

const deny: ActionCommand = { kind: 'deny', code: 'access_denied', reason: 'Only for <b>members</b>.' };
const denied = {
  error: 'access_denied',
  error_description: 'Only for <b>members</b>.',
  state: 'state of the application',
};

const modes: [string, (visit: Visit) => unknown][] = [
  ['query', (visit) => answerIn(visit)],
  ['fragment', (visit) => answerIn(visit, 'fragment')],
  ['form_post', ({ text }) => hiddenFields(text)],
  ['web_message', ({ text }) => postedMessage(text).response],
];

async function atPage(tenant: LoginTenant, changes: Record<string, string> = {}) {
  const browser = tenant.browser();
  const { target } = await browser.visit(tenant.authorizePath(changes));
  return { browser, state: target?.searchParams.get('state') ?? '' };
}

describe('an Action that denies a login', () => {
  it.each(modes)('is an error at the callback in response mode %s, and no session', async (response_mode, read) => {
    const tenant = await actingTenant();
    tenant.act({ commands: [deny] });
    const { browser, state } = await atPage(tenant, { response_mode });
    const visit = await browser.visit('/u/login', { form: { state, username: 'jane@example.com', password } });
    expect(read(visit)).toEqual(denied);
    expect(visit.headers.get('set-cookie')).toBeNull();
    expect(await tenant.store.count('login_session')).toBe(0);
    expect(await tenant.store.count('authorization_code')).toBe(0);
  });

  it('lets a session live that was there before', async () => {
    const tenant = await actingTenant();
    const browser = await tenant.loggedIn();
    tenant.act({ commands: [deny] });
    expect(await tenant.authorized({ prompt: 'none' }, browser)).toEqual(denied);
    tenant.act({});
    expect(await tenant.authorized({ prompt: 'none' }, browser)).toHaveProperty('code');
  });

  it('saves what it set before, and gives no claim and no token', async () => {
    const tenant = await actingTenant();
    tenant.act({
      commands: [
        { kind: 'app_metadata', name: 'tries', value: 1 },
        { kind: 'id_token_claim', name: 'https://shop.example/role', value: 'admin' },
        deny,
      ],
    });
    const request = { response_type: 'code id_token', login_hint: 'jane@example.com' };
    expect(answerOf(await tenant.browser().visit(tenant.authorizePath(request)))).toEqual(denied);
    const user = await tenant.store.get('user', String(tenant.jane.user_id));
    expect(user).toMatchObject({ app_metadata: { tries: 1 } });
    expect(user).not.toHaveProperty('last_login');
  });

  it('gives no tokens at a refresh', async () => {
    const tenant = await actingTenant();
    const { client_id } = tenant.app;
    const { refresh_token } = await tenant.tokens();
    tenant.act({ commands: [deny] });
    const { status, body } = await tenant.token({ grant_type: 'refresh_token', client_id, refresh_token });
    const { error, error_description } = denied;
    expect({ status, body }).toEqual({ status: 403, body: { error, error_description } });
    // The token is still good, once the Action has changed its mind.
    tenant.act({});
    expect((await tenant.token({ grant_type: 'refresh_token', client_id, refresh_token })).status).toBe(200);
  });
});

describe('an Action that fails', () => {
  it('fails the login with what it threw, as on the service', async () => {
    const tenant = await actingTenant();
    tenant.act({ failure: 'no <b>cart</b>' });
    const visit = await tenant.browser().visit(tenant.authorizePath({ login_hint: 'jane@example.com' }));
    const thrown = { error: 'access_denied', error_description: 'no <b>cart</b>' };
    expect(answerIn(visit)).toEqual({ ...thrown, state: 'state of the application' });
    expect(visit.headers.get('set-cookie')).toBeNull();
  });

  it('fails the login of a tenant that cannot run Actions', async () => {
    const tenant = await loginTenant();
    const action = { id: 'act', name: 'gate', trigger: 'post-login', file: '/gate.js', secrets: {}, order: 0 };
    await tenant.store.write((writer) => writer.put('action', action.id, action));
    const visit = await tenant.browser().visit(tenant.authorizePath({ login_hint: 'jane@example.com' }));
    expect(answerIn(visit)).toMatchObject({ error: expect.any(String), state: 'state of the application' });
    expect(answerIn(visit)).not.toHaveProperty('code');
  });
});

describe('an Action that denies a sign-up', () => {
  it.each<[string, Partial<ActionOutcome>]>([
    ['denies', { commands: [deny] }],
    [
      'finds something wrong',
      { commands: [{ kind: 'validation_error', code: 'invalid_mail', message: 'Only for <b>members</b>.' }] },
    ],
    ['fails', { failure: 'Only for <b>members</b>.' }],
  ])('makes no user where it %s, and says so on the page', async (_, outcome) => {
    const tenant = await actingTenant('pre-user-registration');
    tenant.act(outcome);
    const { browser, state } = await atPage(tenant, { screen_hint: 'signup' });
    const before = await tenant.store.count('user');
    const form = { state, email: 'new@example.com', password };
    const visit = await browser.visit('/u/signup', { form });
    expect({ status: visit.status, target: visit.target }).toEqual({ status: 200, target: undefined });
    expect(visit.text).toContain('role="alert"');
    expect(visit.text).not.toContain('<b>members');
    expect(visit.headers.get('set-cookie')).toBeNull();
    expect(await tenant.store.count('user')).toBe(before);
  });
});

describe('an Action that adds scopes', () => {
  it('cannot open the Management API with the token of a user', async () => {
    const tenant = await actingTenant();
    tenant.act({ commands: ['read:clients', 'read:users'].map((scope) => ({ kind: 'add_scope', scope }) as const) });
    for (const scope of ['openid', 'read:clients']) {
      const { code } = await tenant.authorized({ audience: `${tenant.issuer}api/v2/`, scope });
      const { body } = await tenant.token(rightExchange({ client_id: tenant.app.client_id, code }));
      expect(body.scope).toContain('read:clients');
      const headers = { authorization: `Bearer ${body.access_token}` };
      for (const path of ['/api/v2/clients', '/api/v2/users']) {
        expect([401, 403]).toContain((await tenant.send('GET', path, { headers })).status);
      }
    }
  });
});
