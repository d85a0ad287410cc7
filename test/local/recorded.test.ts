import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/wire/schema.ts';
import {
  asFromEarlierVersion,
  basic,
  confidentialApp,
  guestGrantId,
  openTenant,
  testTenant,
} from '../support/local.ts';
import { memoryStore } from '../support/memory-store.ts';

// Responses recorded from a real tenant with the feature in September 2026, compared with the local tenant's.
// @see wire contract, sections 1 and 2, and management-api, sections 2.4 and 2.6: every line marked [rec], [REC], [REC26]

const settings = '/api/v2/tenants/settings';
const servers = '/api/v2/resource-servers';
const clients = '/api/v2/clients';
const grants = '/api/v2/client-grants';

const policies = {
  client: { policy: 'require_client_grant' },
  user: { policy: 'allow_all' },
  anonymous_user: { policy: 'deny_all' },
};
const open = { anonymous_user: { policy: 'require_client_grant' } };
const claims = (...names: string[]) => ({
  claims_mapping: { custom_claims: names.map((name) => ({ name, expression: `anonymous_session.metadata.${name}` })) },
});
const conformantRefreshTokens = {
  rotation_type: 'non-rotating',
  expiration_type: 'non-expiring',
  leeway: 0,
  token_lifetime: 31_557_600,
  infinite_token_lifetime: true,
  infinite_idle_token_lifetime: true,
  idle_token_lifetime: 2_592_000,
};

interface Step {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `APP`, `API`, `GRANT` and `SYSTEM` stand for the sample application, API and grant, and for the Management API. */
  readonly path: string;
  readonly json?: JsonObject;
  readonly status: number;
  /** Members that the response must have, among others. */
  readonly has?: JsonObject;
  /** Members that the response must not have; `a.b` is nested. */
  readonly lacks?: readonly string[];
}

type Recording = readonly [name: string, ...steps: Step[]];

const patch = (path: string, json: JsonObject, has: JsonObject, lacks: readonly string[] = []): Step => ({
  ...{ method: 'PATCH', path, json, status: 200, has, lacks },
});
const post = (path: string, json: JsonObject, has: JsonObject, lacks: readonly string[] = []): Step => ({
  ...{ method: 'POST', path, json, status: 201, has, lacks },
});
const get = (path: string, has: JsonObject, lacks: readonly string[] = []): Step => ({
  ...{ method: 'GET', path, status: 200, has, lacks },
});
const refused = (method: Step['method'], path: string, json: JsonObject): Step => ({
  ...{ method, path, json, status: 400, has: { statusCode: 400, error: 'Bad Request', errorCode: 'invalid_body' } },
});

const api = `${servers}/API`;
const app = `${clients}/APP`;
const lifetime = 'token_lifetime_for_anonymous_access_tokens';

const recordings: readonly Recording[] = [
  [
    'an API that was there already shows all three policies and online access',
    get(api, {
      subject_type_authorization: policies,
      allow_online_access: false,
      allow_online_access_with_ephemeral_sessions: false,
    }),
    get(`${servers}/SYSTEM`, { subject_type_authorization: policies, allow_online_access: false }),
  ],
  [
    'a new API has every default',
    post(
      servers,
      { identifier: 'urn:new' },
      {
        identifier: 'urn:new',
        allow_offline_access: false,
        skip_consent_for_verifiable_first_party_clients: false,
        allow_online_access: false,
        allow_online_access_with_ephemeral_sessions: false,
        subject_type_authorization: policies,
        token_lifetime: 86_400,
        token_lifetime_for_web: 7200,
        signing_alg: 'RS256',
      },
      [lifetime, 'access_token', 'allow_anonymous_access', 'name', 'scopes', 'is_system'],
    ),
  ],
  ...[open, { user: { policy: 'deny_all' } }, { client: { policy: 'deny_all' } }, {}].map(
    (sent): Recording => [
      `a new API that is sent ${JSON.stringify(sent)} is given the other policies`,
      post(
        servers,
        { identifier: 'urn:new', subject_type_authorization: sent },
        { subject_type_authorization: { ...policies, ...sent } },
      ),
      get(`${servers}/urn:new`, { subject_type_authorization: { ...policies, ...sent } }),
    ],
  ),
  [
    'one policy changes and the others stay, at their defaults or not',
    patch(api, { subject_type_authorization: open }, { subject_type_authorization: { ...policies, ...open } }),
    patch(
      api,
      { subject_type_authorization: { user: { policy: 'deny_all' } } },
      { subject_type_authorization: { ...policies, ...open, user: { policy: 'deny_all' } } },
    ),
    patch(
      api,
      { subject_type_authorization: {} },
      { subject_type_authorization: { ...policies, ...open, user: { policy: 'deny_all' } } },
    ),
    patch(
      api,
      { scopes: [{ value: 'x' }] },
      { subject_type_authorization: { ...policies, ...open, user: { policy: 'deny_all' } } },
    ),
  ],
  [
    'guests have no policy allow_all',
    refused('PATCH', api, { subject_type_authorization: { anonymous_user: { policy: 'allow_all' } } }),
  ],
  [
    'the policy for guests of the Management API cannot be touched',
    refused('PATCH', `${servers}/SYSTEM`, { subject_type_authorization: open }),
    refused('PATCH', `${servers}/SYSTEM`, { subject_type_authorization: { anonymous_user: { policy: 'deny_all' } } }),
    get(`${servers}/SYSTEM`, { subject_type_authorization: policies }),
  ],
  [
    'allow_anonymous_access is taken and never shown',
    post(servers, { identifier: 'urn:new', allow_anonymous_access: true }, { subject_type_authorization: policies }, [
      'allow_anonymous_access',
    ]),
    patch(`${servers}/urn:new`, { allow_anonymous_access: true }, {}, ['allow_anonymous_access']),
    get(`${servers}/urn:new`, { subject_type_authorization: policies }, ['allow_anonymous_access']),
  ],
  [
    'the lifetime of guest tokens may exceed token_lifetime, stays when it is not sent, and goes by null',
    patch(api, { token_lifetime: 3600, [lifetime]: 86_400 }, { token_lifetime: 3600, [lifetime]: 86_400 }),
    patch(api, { name: 'other' }, { [lifetime]: 86_400 }),
    patch(api, { [lifetime]: null }, { token_lifetime: 3600 }, [lifetime]),
    get(api, {}, [lifetime]),
  ],
  [
    'a new API that is sent null has no such member',
    post(servers, { identifier: 'urn:new', [lifetime]: null, access_token: null, token_encryption: null }, {}, [
      lifetime,
      'access_token',
      'token_encryption',
    ]),
  ],
  [
    'plain claim names are fine while the policy is deny_all; a new list replaces the old; an empty one is shown',
    post(servers, { identifier: 'urn:new', access_token: claims('plan') }, { access_token: claims('plan') }),
    patch(`${servers}/urn:new`, { access_token: claims('tier', 'locale') }, { access_token: claims('tier', 'locale') }),
    patch(
      `${servers}/urn:new`,
      { access_token: claims() },
      { access_token: { claims_mapping: { custom_claims: [] } } },
    ),
    get(`${servers}/urn:new`, { access_token: { claims_mapping: { custom_claims: [] } } }),
  ],
  [
    'custom_claims: null is refused, access_token: null removes the member',
    patch(api, { access_token: claims('plan') }, { access_token: claims('plan') }),
    refused('PATCH', api, { access_token: { claims_mapping: { custom_claims: null } } }),
    refused('POST', servers, { identifier: 'urn:new', access_token: { claims_mapping: { custom_claims: null } } }),
    get(api, { access_token: claims('plan') }),
    patch(api, { access_token: null }, {}, ['access_token']),
    get(api, {}, ['access_token']),
  ],
  [
    'of a resource server an object is replaced, and null removes it',
    patch(api, { proof_of_possession: { mechanism: 'dpop', required: true } }, {}),
    patch(
      api,
      { proof_of_possession: { mechanism: 'mtls' } },
      { proof_of_possession: { mechanism: 'mtls' }, signing_alg: 'RS256' },
      ['proof_of_possession.required'],
    ),
    patch(api, { proof_of_possession: null }, {}, ['proof_of_possession']),
  ],
  [
    'a conformant application has the longer refresh tokens',
    post(
      clients,
      { name: 'a', app_type: 'non_interactive', oidc_conformant: true, anonymous_sessions: { active: true } },
      { refresh_token: conformantRefreshTokens, anonymous_sessions: { active: true } },
    ),
    post(
      clients,
      { name: 'a' },
      {
        oidc_conformant: false,
        refresh_token: { ...conformantRefreshTokens, token_lifetime: 2_592_000, idle_token_lifetime: 1_296_000 },
      },
      ['anonymous_sessions', 'app_type'],
    ),
  ],
  [
    'the toggle is shown when it is off, and null removes it',
    patch(app, { anonymous_sessions: { active: true } }, { anonymous_sessions: { active: true } }),
    patch(app, { anonymous_sessions: { active: false } }, { anonymous_sessions: { active: false } }),
    get(app, { anonymous_sessions: { active: false } }),
    patch(app, { anonymous_sessions: null }, {}, ['anonymous_sessions']),
    get(app, {}, ['anonymous_sessions']),
    post(clients, { name: 'a', anonymous_sessions: null, addons: null }, {}, ['anonymous_sessions', 'addons']),
  ],
  [
    'objects of an application merge one level, and null inside removes one',
    patch(app, { session_transfer: { can_create_session_transfer_token: true, delegation: { allow: true } } }, {}),
    patch(
      app,
      { session_transfer: { delegation: null } },
      { session_transfer: { can_create_session_transfer_token: true } },
      ['session_transfer.delegation'],
    ),
    patch(app, { session_transfer: null }, {}, ['session_transfer']),
    patch(
      app,
      { mobile: { ios: null, android: { app_package_name: 'a' } } },
      { mobile: { android: { app_package_name: 'a' } } },
      ['mobile.ios'],
    ),
    patch(app, { callbacks: ['https://a.example', 'https://b.example'] }, {}),
    patch(
      app,
      { callbacks: ['https://c.example'] },
      { callbacks: ['https://c.example'], mobile: { android: { app_package_name: 'a' } } },
    ),
  ],
  [
    'sessions merges one level: the setting for guests is absent until it is set, stays beside its sibling, and is absent again after null',
    get(settings, { sessions: { oidc_logout_prompt_enabled: true } }, ['sessions.anonymous']),
    patch(
      settings,
      { sessions: { anonymous: { lifetime_in_minutes: 60, activate_cookie: false } } },
      {
        sessions: { oidc_logout_prompt_enabled: true, anonymous: { lifetime_in_minutes: 60, activate_cookie: false } },
      },
    ),
    patch(
      settings,
      { sessions: { oidc_logout_prompt_enabled: false } },
      {
        sessions: { oidc_logout_prompt_enabled: false, anonymous: { lifetime_in_minutes: 60, activate_cookie: false } },
      },
    ),
    patch(settings, { sessions: { anonymous: null } }, { sessions: { oidc_logout_prompt_enabled: false } }, [
      'sessions.anonymous',
    ]),
    get(settings, { sessions: { oidc_logout_prompt_enabled: false } }, [
      'sessions.anonymous',
      'flags.anonymous_sessions_enabled',
    ]),
  ],
  [
    'objects of the tenant merge one level, and null removes one',
    patch(settings, { flags: { enable_sso: true }, error_page: { url: 'https://a.example' } }, {}),
    patch(settings, { flags: { universal_login: true } }, { flags: { enable_sso: true, universal_login: true } }),
    patch(settings, { error_page: null, mtls: null, acr_values_supported: null }, {}, [
      'error_page',
      'mtls',
      'acr_values_supported',
    ]),
  ],
  [
    'lifetimes that are sent in minutes are shown in hours',
    patch(
      settings,
      { session_lifetime_in_minutes: 181, idle_session_lifetime_in_minutes: 90 },
      { session_lifetime: 3.0166, idle_session_lifetime: 1.5 },
      ['session_lifetime_in_minutes', 'idle_session_lifetime_in_minutes'],
    ),
    patch(
      settings,
      { ephemeral_session_lifetime_in_minutes: 1440, idle_ephemeral_session_lifetime_in_minutes: 100 },
      { ephemeral_session_lifetime: 24, idle_ephemeral_session_lifetime: 1.6666, session_lifetime: 3.0166 },
      ['ephemeral_session_lifetime_in_minutes', 'idle_ephemeral_session_lifetime_in_minutes'],
    ),
    get(settings, { session_lifetime: 3.0166, idle_session_lifetime: 1.5 }, ['session_lifetime_in_minutes']),
    patch(settings, { session_lifetime: 168 }, { session_lifetime: 168 }),
    refused('PATCH', settings, { session_lifetime: 168, session_lifetime_in_minutes: 60 }),
    refused('PATCH', settings, { session_lifetime_in_minutes: '60' }),
    refused('PATCH', settings, { idle_session_lifetime_in_minutes: 0 }),
  ],
  [
    'an empty text clears default_redirection_uri, and stays as default_audience',
    patch(
      settings,
      { default_redirection_uri: 'https://a.example/login' },
      { default_redirection_uri: 'https://a.example/login' },
    ),
    patch(settings, { default_redirection_uri: '', default_audience: '' }, { default_audience: '' }, [
      'default_redirection_uri',
    ]),
    get(settings, { default_audience: '' }, ['default_redirection_uri']),
  ],
  [
    'a guest grant is made for an application that is neither conformant nor enabled',
    patch(app, { oidc_conformant: false }, { oidc_conformant: false }, ['anonymous_sessions']),
    post(
      grants,
      { client_id: 'APP', audience: 'AUDIENCE', scope: ['read:catalog'], subject_type: 'anonymous_user' },
      { scope: ['read:catalog'], subject_type: 'anonymous_user' },
      ['allow_all_scopes'],
    ),
  ],
  [
    'a guest grant is made while the toggle is off, and for an API that is closed to guests',
    patch(app, { anonymous_sessions: { active: false } }, {}),
    get(api, { subject_type_authorization: policies }),
    post(
      grants,
      { client_id: 'APP', audience: 'AUDIENCE', scope: [], subject_type: 'anonymous_user' },
      { scope: [], subject_type: 'anonymous_user' },
    ),
  ],
  [
    'a grant for all scopes shows none, takes none while it stays one, and may be changed back',
    post(
      grants,
      { client_id: 'APP', audience: 'AUDIENCE', allow_all_scopes: true, subject_type: 'anonymous_user' },
      { allow_all_scopes: true, subject_type: 'anonymous_user' },
      ['scope'],
    ),
    refused('PATCH', `${grants}/LAST`, { scope: ['read:catalog'] }),
    patch(`${grants}/LAST`, { allow_all_scopes: false, scope: ['read:catalog'] }, { scope: ['read:catalog'] }),
    patch(`${grants}/LAST`, { allow_all_scopes: true }, { allow_all_scopes: true }, ['scope']),
    patch(`${grants}/LAST`, { allow_all_scopes: false, scope: [] }, { scope: [] }),
  ],
  [
    'of a grant neither the application nor the audience nor the subject can change, and guests have no organization',
    post(grants, { client_id: 'APP', audience: 'AUDIENCE', scope: [], subject_type: 'anonymous_user' }, {}),
    refused('PATCH', `${grants}/LAST`, { subject_type: 'user' }),
    refused('PATCH', `${grants}/LAST`, { audience: 'urn:other' }),
    refused('PATCH', `${grants}/LAST`, { client_id: 'APP' }),
    refused('PATCH', `${grants}/LAST`, { organization_usage: 'allow' }),
    refused('PATCH', `${grants}/LAST`, { allow_any_organization: true }),
  ],
  ['the identifier of an API cannot change', refused('PATCH', api, { identifier: 'urn:other' })],
];

describe('recorded from a real tenant:', () => {
  it.each(recordings.map(([name, ...steps]) => ({ name, steps })))('$name', async ({ steps }) => {
    const tenant = await testTenant({ edition: 'ea' });
    const manage = await tenant.management();
    let last = '';
    const named = (text: string) =>
      text
        .replace('APP', tenant.app.client_id)
        .replace('API', tenant.api.id)
        .replace('SYSTEM', encodeURIComponent(`${tenant.issuer}api/v2/`))
        .replace('AUDIENCE', tenant.api.identifier)
        .replace('LAST', last);
    for (const { method, path, json, status, has = {}, lacks = [] } of steps) {
      const sent = json && JSON.parse(named(JSON.stringify(json)));
      const answer = await manage(method, path.replace(/[A-Z]{3,}$/, named), { json: sent });
      expect([answer.status, answer.body]).toEqual([status, expect.objectContaining(has)]);
      for (const member of lacks) expect(answer.body).not.toHaveProperty(member);
      last = answer.body.id ?? last;
    }
  });

  it.each(['client_secret_post', 'client_secret_basic'])(
    'an application with the authentication method %s may send its secret to /anonymous/token in the body or the header',
    async (token_endpoint_auth_method) => {
      const tenant = await openTenant({ edition: 'ea' });
      const { client_id, client_secret } = await confidentialApp(tenant, { token_endpoint_auth_method });
      await tenant.grantGuests(client_id);
      expect(await tenant.anonymousToken({ client_id, client_secret })).toMatchObject({ status: 200 });
      const inHeader = await tenant.anonymousToken({ client_id: undefined }, basic(client_id, client_secret));
      expect(inHeader).toMatchObject({ status: 200 });
    },
  );

  it('an API that is open to guests can only be closed with deny_all', async () => {
    const tenant = await openTenant({ edition: 'ea' });
    const manage = await tenant.management();
    expect(await tenant.anonymousToken()).toMatchObject({ status: 200 });
    const json = {
      subject_type_authorization: { anonymous_user: { policy: 'deny_all' } },
      allow_anonymous_access: true,
    };
    await manage('PATCH', `${servers}/${tenant.api.id}`, { json });
    expect(await tenant.anonymousToken()).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
    expect(await manage('GET', `${grants}/${guestGrantId}`)).toMatchObject({ status: 200 });
  });
});

describe('a new secret', () => {
  it('is in the response, and the old one no longer works', async () => {
    const tenant = await openTenant({ edition: 'ea' });
    const { client_id, client_secret } = await confidentialApp(tenant, { name: 'server' });
    await tenant.grantGuests(client_id);
    const rotate = await tenant.management('update:client_keys');
    const { status, body } = await rotate('POST', `${clients}/${client_id}/rotate-secret`, { text: 'null' });
    expect([status, body.client_id, body.name]).toEqual([200, client_id, 'server']);
    expect(body.client_secret).toMatch(/^[\w-]{64}$/);
    expect(body.client_secret).not.toBe(client_secret);
    const ask = async (secret: string) => (await tenant.anonymousToken({ client_id, client_secret: secret })).status;
    expect([await ask(client_secret), await ask(body.client_secret)]).toEqual([401, 200]);
    const manage = await tenant.management();
    expect((await manage('GET', `${clients}/${client_id}`)).body.client_secret).toBe(body.client_secret);
  });

  it.each(['update:clients', 'read:client_keys'])('needs more than %s', async (scope) => {
    const tenant = await testTenant();
    const rotate = await tenant.management(scope);
    expect(await rotate('POST', `${clients}/${tenant.app.client_id}/rotate-secret`)).toMatchObject({
      status: 403,
      body: { message: 'Insufficient scope, expected any of: update:client_keys' },
    });
    expect((await tenant.store.get('client', tenant.app.client_id))?.client_secret).toBe(tenant.app.client_secret);
  });

  it('is refused for an application that does not exist', async () => {
    const manage = await (await testTenant()).management();
    expect(await manage('POST', `${clients}/nobody/rotate-secret`)).toMatchObject({
      status: 404,
      body: { errorCode: 'inexistent_client' },
    });
  });
});

describe('a state from an earlier version', () => {
  it('has everything that a new one has once it is opened', async () => {
    const store = memoryStore();
    const tenant = await testTenant({ edition: 'ea', store });
    const older = [
      { user: { policy: 'allow_all' }, client: { policy: 'require_client_grant' } },
      { user: { policy: 'deny_all' }, ...open },
      undefined,
    ];
    await store.write((writer) => {
      for (const [index, subject_type_authorization] of older.entries()) {
        const server = { id: `${index}`, identifier: `urn:${index}`, allow_anonymous_access: true };
        writer.put('resource_server', server.id, {
          ...server,
          ...(subject_type_authorization && { subject_type_authorization }),
        });
      }
    });
    await asFromEarlierVersion(store);
    const { management } = await testTenant({ edition: 'ea', store });
    const { body } = await (await management())('GET', servers);
    expect(body.slice(2).map((server: JsonObject) => server.subject_type_authorization)).toEqual(
      older.map((before) => ({ ...policies, ...before })),
    );
    for (const server of body) {
      expect(server).toMatchObject({ allow_online_access: false, allow_online_access_with_ephemeral_sessions: false });
      expect(server).not.toHaveProperty('allow_anonymous_access');
    }
    expect((await tenant.store.list('resource_server')).slice(2)).toEqual(body.slice(2));
  });

  it('of edition preview stays unchanged', async () => {
    const store = memoryStore();
    await testTenant({ store });
    const server = { id: '0', identifier: 'urn:0', allow_anonymous_access: true };
    await store.write((writer) => writer.put('resource_server', server.id, server));
    await asFromEarlierVersion(store);
    const { management } = await testTenant({ store });
    expect((await (await management())('GET', `${servers}/0`)).body).toEqual(server);
  });
});

describe('edition preview, which was not recorded', () => {
  it('shows no policy for guests and no online access, and replaces policies whole', async () => {
    const manage = await (await testTenant()).management();
    const { body } = await manage('POST', servers, { json: { identifier: 'urn:new', allow_anonymous_access: true } });
    expect(Object.keys(body.subject_type_authorization).sort()).toEqual(['client', 'user']);
    expect(body).toMatchObject({ allow_anonymous_access: true });
    expect(body).not.toHaveProperty('allow_online_access');
    const json = { subject_type_authorization: { user: { policy: 'deny_all' } } };
    const patched = await manage('PATCH', `${servers}/urn:new`, { json });
    expect(patched.body.subject_type_authorization).toEqual(json.subject_type_authorization);
    const made = await manage('POST', clients, { json: { name: 'a', oidc_conformant: true } });
    expect(made.body.refresh_token.token_lifetime).toBe(2_592_000);
  });

  it('accepts lifetimes in minutes and an empty default_redirection_uri, like any tenant', async () => {
    const manage = await (await testTenant()).management();
    const { body } = await manage('PATCH', settings, {
      json: { session_lifetime_in_minutes: 90, default_redirection_uri: '' },
    });
    expect(body).toMatchObject({ session_lifetime: 1.5, anonymous_session_lifetime: 2_592_000 });
    expect(body).not.toHaveProperty('default_redirection_uri');
  });
});
