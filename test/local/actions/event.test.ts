import { describe, expect, it } from 'vitest';
import { actionEvent } from '../../../src/local/actions/event.ts';
import type { SessionTokenClaims } from '../../../src/wire/session-token.ts';
import { loginFacts } from '../../support/login-facts.ts';

const moment = { nowSeconds: 1_780_000_100 };
const guest = {
  iss: 'https://tenant/',
  client_id: 'app1',
  user_id: 'anon|1',
  session_id: 'sess_1',
  created_at: '2026-06-01T12:00:00.000Z',
  metadata: { cart: 7 },
  iat: 1_780_315_200,
  exp: 1_780_318_800,
} satisfies SessionTokenClaims;

describe('the event of an Action', () => {
  it('describes a login', () => {
    expect(actionEvent('post-login', loginFacts(), moment)).toEqual({
      authentication: { methods: [{ name: 'pwd', timestamp: '2026-05-28T20:26:40.000Z' }] },
      authorization: { roles: [] },
      client: { client_id: 'app1', name: 'web', metadata: { tier: 'gold' } },
      configuration: {},
      connection: { id: 'con_UsernamePassword', name: 'Username-Password-Authentication', strategy: 'auth0' },
      request: {
        ...{ method: 'POST', hostname: 'localhost', ip: '127.0.0.1', user_agent: 'curl', language: 'de' },
        ...{ query: { scope: 'openid' }, body: { username: 'jane@example.com' }, geoip: {} },
      },
      resource_server: { identifier: 'https://shop' },
      session: { id: 'sess1', authenticated_at: '2026-05-28T20:26:40.000Z' },
      stats: { logins_count: 3 },
      tenant: { id: 'local' },
      transaction: {
        ...{ protocol: 'oidc-basic-profile', requested_scopes: ['openid'], redirect_uri: 'https://app/callback' },
        ...{ response_type: ['code'], prompt: [], state: 'xyz', ui_locales: [], acr_values: [], locale: 'en' },
      },
      user: {
        ...{ user_id: 'auth0|1', email: 'jane@example.com', identities: [{ provider: 'auth0', user_id: '1' }] },
        ...{ app_metadata: { plan: 'free' }, user_metadata: {}, last_password_reset: '2026-01-01T00:00:00.000Z' },
      },
    });
  });

  it('describes a sign-up, whose user has no id', () => {
    const event = actionEvent('pre-user-registration', loginFacts({ guest, session: undefined }), moment);
    expect(Object.keys(event).sort()).toEqual(
      ['anonymous_session', 'client', 'configuration', 'connection', 'request', 'tenant', 'transaction', 'user'].sort(),
    );
    expect(event.user).not.toHaveProperty('user_id');
    expect(event.user).toMatchObject({ email: 'jane@example.com', user_metadata: {} });
  });

  it.each([
    ['as text in both times', guest, guest.created_at, '2026-06-01T13:00:00.000Z'],
    ['in seconds in both times', { ...guest, created_at: guest.iat }, guest.iat, guest.exp],
  ])('has the guest who came along, %s', (_, claims, created_at, expires_at) => {
    const { anonymous_session } = actionEvent('post-login', loginFacts({ guest: claims }), moment);
    const { user_id, session_id, metadata } = guest;
    expect(anonymous_session).toEqual({ user_id, session_id, created_at, expires_at, metadata });
  });

  it('has no end of a guest session that never expires, and no guest where none came along', () => {
    const { exp: _, ...endless } = guest;
    expect(actionEvent('post-login', loginFacts({ guest: endless }), moment).anonymous_session).not.toHaveProperty(
      'expires_at',
    );
    expect(actionEvent('post-login', loginFacts(), moment)).not.toHaveProperty('anonymous_session');
  });

  it('never has a password or a secret', () => {
    for (const trigger of ['post-login', 'pre-user-registration'] as const) {
      expect(JSON.stringify(actionEvent(trigger, loginFacts({ guest }), moment))).not.toContain('do-not-repeat-me');
    }
  });
});
