import { expect, it } from 'vitest';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { basic, confidentialApp } from '../../support/local.ts';
import { callback, jane, type LoginTenant, loginTenant, verifier } from '../../support/login.ts';

interface Wrong {
  readonly json?: JsonObject;
  readonly form?: string;
  readonly text?: string;
  readonly headers?: Record<string, string>;
}

/** How a request is wrong, what it has instead of a valid request's members, and its status and error. */
type Row = readonly [string, (scene: Scene) => Wrong | Promise<Wrong>, number, string];

interface Scene {
  readonly tenant: LoginTenant;
  /** The members of a valid request for the code of the sample application, and of a refresh. */
  readonly valid: Record<string, string>;
  readonly refresh: Record<string, string>;
  readonly server: { readonly client_id: string; readonly client_secret: string };
}

const changed = (members: JsonObject) => (scene: Scene) => ({ json: { ...scene.valid, ...members } });
const refreshed = (members: JsonObject) => (scene: Scene) => ({ json: { ...scene.refresh, ...members } });

const bodies: Row[] = [
  ['broken JSON', () => ({ text: '{' }), 400, 'invalid_request'],
  ['an array', () => ({ text: '[]' }), 400, 'invalid_request'],
  ['no body', () => ({ text: '' }), 400, 'invalid_request'],
  ['another format', () => ({ text: 'code=1', headers: { 'content-type': 'text/plain' } }), 415, 'invalid_request'],
  ['a parameter twice', ({ valid }) => ({ form: `${new URLSearchParams(valid)}&code=second` }), 400, 'invalid_request'],
  ['no grant type', changed({ grant_type: undefined }), 400, 'invalid_request'],
  ['a code that is a number', changed({ code: 1 }), 400, 'invalid_request'],
  ['a verifier that is a list', changed({ code_verifier: [verifier] }), 400, 'invalid_request'],
  ['a redirect URI that is an object', changed({ redirect_uri: {} }), 400, 'invalid_request'],
  ['a refresh token that is null', refreshed({ refresh_token: null }), 400, 'invalid_request'],
  ['a scope that is a list', refreshed({ scope: ['openid'] }), 400, 'invalid_request'],
];

const grants: Row[] = [
  ['an empty grant type', changed({ grant_type: '' }), 403, 'unsupported_grant_type'],
  ['the grant type password', changed({ grant_type: 'password' }), 403, 'unsupported_grant_type'],
  ['the grant type implicit', changed({ grant_type: 'implicit' }), 403, 'unsupported_grant_type'],
  ['the grant type in other letters', changed({ grant_type: 'Authorization_Code' }), 403, 'unsupported_grant_type'],
  ['a grant type of Object', changed({ grant_type: 'constructor' }), 403, 'unsupported_grant_type'],
  [
    'a grant type that the application does not have',
    async ({ tenant, valid }) => {
      await tenant.change('client', tenant.app.client_id, { grant_types: ['refresh_token'] });
      return { json: valid };
    },
    403,
    'unauthorized_client',
  ],
];

const applications: Row[] = [
  ['no application', changed({ client_id: undefined }), 401, 'access_denied'],
  ['an unknown application', changed({ client_id: 'nobody' }), 401, 'access_denied'],
  ['an empty application', changed({ client_id: '' }), 401, 'access_denied'],
  ['a wrong secret', changed({ client_secret: 'wrong' }), 401, 'access_denied'],
  [
    'an empty secret of a confidential application',
    ({ valid, server }) => ({ json: { ...valid, client_id: server.client_id, client_secret: '' } }),
    401,
    'access_denied',
  ],
  ['an assertion that is not one', changed({ client_assertion: 'a.b.c' }), 401, 'access_denied'],
  ['two ways of authentication', changed({ client_secret: 'a', client_assertion: 'b' }), 400, 'invalid_request'],
  [
    'another application in the header',
    ({ valid, server }) => ({ json: valid, headers: basic(server.client_id, server.client_secret) }),
    400,
    'invalid_request',
  ],
  [
    'a header that cannot be read',
    ({ valid }) => ({ json: valid, headers: { authorization: 'Basic !' } }),
    400,
    'invalid_request',
  ],
  [
    'a confidential application without its secret',
    ({ valid, server }) => ({ json: { ...valid, client_id: server.client_id } }),
    401,
    'access_denied',
  ],
  ["another application's code", ({ valid, server }) => ({ json: { ...valid, ...server } }), 403, 'invalid_grant'],
];

const codes: Row[] = [
  ['no code', changed({ code: undefined }), 400, 'invalid_request'],
  ['an empty code', changed({ code: '' }), 400, 'invalid_request'],
  ['an unknown code', changed({ code: 'nobody' }), 403, 'invalid_grant'],
  [
    'a refresh token as the code',
    ({ valid, refresh }) => ({ json: { ...valid, code: refresh.refresh_token } }),
    403,
    'invalid_grant',
  ],
  ['a code with a space', ({ valid }) => ({ json: { ...valid, code: `${valid.code} ` } }), 403, 'invalid_grant'],
  ['the hash of the code, as the state has it', stolenHash, 403, 'invalid_grant'],
  ['a very long code', changed({ code: 'x'.repeat(100_000) }), 403, 'invalid_grant'],
  [
    'a code that has been used',
    async ({ tenant, valid }) => {
      await tenant.send('POST', '/oauth/token', { json: valid });
      return { json: valid };
    },
    403,
    'invalid_grant',
  ],
  [
    'an expired code',
    ({ tenant, valid }) => {
      tenant.clock.forward(61);
      return { json: valid };
    },
    403,
    'invalid_grant',
  ],
  [
    'a code of a blocked user',
    async ({ tenant, valid }) => {
      await tenant.change('user', jane.user_id, { blocked: true });
      return { json: valid };
    },
    403,
    'invalid_grant',
  ],
  ['no redirect URI', changed({ redirect_uri: undefined }), 403, 'invalid_grant'],
  ['a redirect URI with a slash more', changed({ redirect_uri: `${callback}/` }), 403, 'invalid_grant'],
  ['a redirect URI with a query', changed({ redirect_uri: `${callback}?a=1` }), 403, 'invalid_grant'],
  ['a redirect URI elsewhere', changed({ redirect_uri: 'https://evil.example/' }), 403, 'invalid_grant'],
  ['no verifier', changed({ code_verifier: undefined }), 403, 'invalid_grant'],
  ['an empty verifier', changed({ code_verifier: '' }), 400, 'invalid_request'],
  ['a short verifier', changed({ code_verifier: 'x'.repeat(42) }), 400, 'invalid_request'],
  ['another verifier', changed({ code_verifier: 'x'.repeat(43) }), 403, 'invalid_grant'],
  ['a verifier in other letters', changed({ code_verifier: verifier.toLowerCase() }), 403, 'invalid_grant'],
];

async function stolenHash({ tenant, valid }: Scene): Promise<Wrong> {
  const [saved] = await tenant.store.list('authorization_code', undefined);
  return { json: { ...valid, code: saved?.id } };
}

const refreshTokens: Row[] = [
  ['no refresh token', refreshed({ refresh_token: undefined }), 400, 'invalid_request'],
  ['an unknown refresh token', refreshed({ refresh_token: 'nobody' }), 403, 'invalid_grant'],
  [
    'a code as the refresh token',
    ({ refresh, valid }) => ({ json: { ...refresh, refresh_token: valid.code } }),
    403,
    'invalid_grant',
  ],
  [
    "another application's refresh token",
    ({ refresh, server }) => ({ json: { ...refresh, ...server } }),
    403,
    'invalid_grant',
  ],
  [
    'a revoked refresh token',
    async ({ tenant, refresh }) => {
      const { client_id, refresh_token: token } = refresh;
      await tenant.send('POST', '/oauth/revoke', { json: { client_id, token } });
      return { json: refresh };
    },
    403,
    'invalid_grant',
  ],
];

it.each([...bodies, ...grants, ...applications, ...codes, ...refreshTokens])(
  'POST /oauth/token with %s is refused',
  async (_, make, status, error) => {
    const tenant = await loginTenant();
    const { client_id } = tenant.app;
    const server = await confidentialApp(tenant);
    const refresh_token = await tenant.refreshToken();
    const code = await tenant.code();
    const wrong = await make({
      tenant,
      valid: { grant_type: 'authorization_code', client_id, code, redirect_uri: callback, code_verifier: verifier },
      refresh: { grant_type: 'refresh_token', client_id, refresh_token },
      server: { client_id: server.client_id, client_secret: server.client_secret },
    });
    const answer = await tenant.send('POST', '/oauth/token', wrong);
    expect(answer).toMatchObject({ status, body: { error } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body.error_description).toEqual(expect.any(String));
    // No refusal repeats what may be a secret.
    for (const secret of [code, refresh_token, verifier, server.client_secret]) {
      expect(JSON.stringify(answer.body)).not.toContain(secret);
    }
  },
);
