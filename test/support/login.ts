import type { Authorization } from '../../src/local/login/authorization.ts';
import { type CodeChallenge, newCode, putCode } from '../../src/local/login/code.ts';
import { prune } from '../../src/local/login/prune.ts';
import type { Moment, TenantScope } from '../../src/local/scope.ts';
import { readMoment } from '../../src/local/state/moment.ts';
import type { JsonObject } from '../../src/wire/schema.ts';
import { type Answer, openTenant, sequenceOfBytes, type TestTenant } from './local.ts';

export const callback = 'https://shop.example/callback';

/** The example of RFC 7636, appendix B. */
export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const challenge: CodeChallenge = { value: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', method: 'S256' };

export const jane = {
  user_id: 'auth0|jane',
  email: 'jane@example.com',
  email_verified: true,
  name: 'Jane Doe',
  nickname: 'jane',
  given_name: 'Jane',
  updated_at: '2026-05-01T08:00:00.000Z',
  app_metadata: { plan: 'gold' },
} as const;

export interface LoginTenant extends TestTenant {
  readonly scope: TenantScope;
  /** The tenant as it is now. */
  moment(): Promise<Moment>;
  authorization(members?: Partial<Authorization>): Authorization;
  /** A code for Jane's login at the sample application, with `openid profile email offline_access`. */
  code(options?: CodeOptions): Promise<string>;
  /** POST /oauth/token for a new code, or with `members` that replace its members. */
  redeem(members?: JsonObject, options?: CodeOptions): Promise<Answer>;
  /** The refresh token of a new login. */
  refreshToken(options?: CodeOptions): Promise<string>;
  refresh(refreshToken: unknown, members?: JsonObject): Promise<Answer>;
}

interface CodeOptions {
  readonly authorization?: Partial<Authorization>;
  readonly codeChallenge?: CodeChallenge | undefined;
  readonly mayOmitRedirectUri?: boolean;
}

/** A tenant with the user {@link jane}, whose sample application is public. */
export async function loginTenant(options: Parameters<typeof openTenant>[0] = {}): Promise<LoginTenant> {
  const tenant = await openTenant({ edition: 'ea', ...options, app: { callbacks: [callback], ...options.app } });
  const scope: TenantScope = { store: tenant.store, random: sequenceOfBytes('logins') };
  await tenant.change('user', jane.user_id, jane);
  const clientId = tenant.app.client_id;

  async function moment(): Promise<Moment> {
    const read = await readMoment(tenant.store, { machineMs: tenant.clock(), issuer: tenant.issuer });
    if (!read) throw new Error('the state is empty');
    return read;
  }
  const authorization: LoginTenant['authorization'] = (members) => ({
    clientId,
    userId: jane.user_id,
    sessionId: 'session-1',
    scope: ['openid', 'profile', 'email', 'offline_access'],
    audience: undefined,
    nonce: undefined,
    authTimeSeconds: 1_780_000_000,
    showsAuthTime: false,
    claims: { idToken: {}, accessToken: {} },
    ...members,
  });
  const code: LoginTenant['code'] = async ({ authorization: members, ...others } = {}) => {
    const now = await moment();
    const { text, document } = newCode(scope, now, {
      authorization: authorization(members),
      redirectUri: callback,
      codeChallenge: challenge,
      ...others,
    });
    await tenant.store.write((writer) => putCode(writer, document));
    await prune(tenant.store, now);
    return text;
  };
  const redeem: LoginTenant['redeem'] = async (members, codeOptions) =>
    tenant.send('POST', '/oauth/token', {
      json: {
        grant_type: 'authorization_code',
        client_id: clientId,
        code: members && 'code' in members ? undefined : await code(codeOptions),
        redirect_uri: callback,
        code_verifier: verifier,
        ...members,
      },
    });
  const refresh: LoginTenant['refresh'] = (refreshToken, members) =>
    tenant.send('POST', '/oauth/token', {
      json: { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken, ...members },
    });
  return Object.assign(Object.create(tenant), {
    scope,
    moment,
    authorization,
    code,
    redeem,
    refresh,
    refreshToken: async (codeOptions?: CodeOptions) => (await redeem({}, codeOptions)).body.refresh_token,
  });
}
