import type { LoginFacts } from '../../src/local/actions/login-facts.ts';

/** A login of Jane at an application, changed by `members`. */
export function loginFacts(members: Partial<LoginFacts> = {}): LoginFacts {
  return {
    client: { client_id: 'app1', name: 'web', client_secret: 'do-not-repeat-me', client_metadata: { tier: 'gold' } },
    user: {
      user_id: 'auth0|1',
      email: 'jane@example.com',
      password_hash: 'do-not-repeat-me',
      identities: [{ provider: 'auth0', user_id: '1' }],
      app_metadata: { plan: 'free' },
      logins_count: 3,
      last_ip: '127.0.0.1',
      last_password_reset: '2026-01-01T00:00:00.000Z',
    },
    server: { identifier: 'https://shop', name: 'shop' },
    guest: undefined,
    request: {
      method: 'POST',
      hostname: 'localhost',
      ip: '127.0.0.1',
      userAgent: 'curl',
      language: 'de',
      query: { scope: 'openid' },
      body: { username: 'jane@example.com', password: 'do-not-repeat-me', client_secret: 'do-not-repeat-me' },
    },
    transaction: {
      protocol: 'oidc-basic-profile',
      requestedScopes: ['openid'],
      redirectUri: 'https://app/callback',
      responseType: ['code'],
      responseMode: undefined,
      prompt: [],
      state: 'xyz',
      loginHint: undefined,
      uiLocales: [],
      acrValues: [],
    },
    session: { id: 'sess1', authTimeSeconds: 1_780_000_000 },
    ...members,
  };
}
