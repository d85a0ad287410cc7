import { describe, expect, it } from 'vitest';
import type { TenantConnection } from '../../../src/domain/exchange/connection.ts';
import { explainRefusal } from '../../../src/domain/gates/explain-refusal.ts';
import { createSession } from '../../../src/domain/session/token-request.ts';
import { GateClosedError, interrupted, ResponseError } from '../../../src/errors.ts';
import { connectionTo, failureOf, json, scriptedConnection } from '../../support/domain.ts';
import { confidentialApp, guestGrantId, openTenant, type TestTenant, testTenant } from '../../support/local.ts';

const shop = { audience: 'https://api.shop.example', name: 'shop' };

function refused(connection: TenantConnection, tenant: TestTenant, more: object = {}) {
  const app = { clientId: tenant.app.client_id, name: 'web', clientSecret: undefined };
  const request = { app, api: shop, scope: undefined, metadata: undefined, userId: undefined, ...more };
  return failureOf(() => createSession(connection, request, explainRefusal));
}

describe('a closed gate is named, with the command that opens it', () => {
  it('gate 1: the tenant does not have the feature, and no command adds it', async () => {
    const tenant = await openTenant({ settings: { flags: { anonymous_sessions_enabled: false } } });
    const error = await refused(connectionTo(tenant), tenant);
    expect(error).toBeInstanceOf(GateClosedError);
    expect(error).toMatchObject({
      code: 'gate_closed',
      gate: 'tenant',
      error: 'feature_not_enabled',
      command: undefined,
      hint: 'Gate 1, the tenant: it does not have anonymous sessions. Auth0 enables them on request.',
    });
  });

  it('gate 2: the application', async () => {
    const tenant = await openTenant({ app: { can_create_anonymous_sessions: false } });
    expect(await refused(connectionTo(tenant), tenant)).toMatchObject({
      gate: 'application',
      error: 'unauthorized_client',
      message: 'unauthorized_client (403): Anonymous sessions are not enabled for this client.',
      command: 'anon-cli app enable web',
      hint: 'Gate 2, the application: web may not create guest sessions. Open it: anon-cli app enable web',
    });
  });

  it('gate 2: the command is quoted for a shell, and for the same tenant', async () => {
    const tenant = await openTenant({ app: { can_create_anonymous_sessions: false } });
    const connection = connectionTo(tenant, { selection: ' --profile acme' });
    const app = { clientId: tenant.app.client_id, name: "Tom's web", clientSecret: undefined };
    expect(await refused(connection, tenant, { app })).toMatchObject({
      command: "anon-cli app enable 'Tom'\\''s web' --profile acme",
    });
  });

  it.each([
    ['the first scope of the API', undefined, 'read:catalog'],
    ['the scopes that were asked for', 'write:cart read:orders', 'write:cart,read:orders'],
    ["the first scope when only the sample's was asked for", 'anon', 'read:catalog'],
  ])('gate 3: the API, opened with %s', async (_, scope, scopes) => {
    const tenant = await openTenant({ api: { allow_anonymous_access: false, anonymous_access_scopes: [] } });
    expect(await refused(connectionTo(tenant), tenant, { scope })).toMatchObject({
      gate: 'api',
      error: 'invalid_target',
      command: `anon-cli api enable shop --scopes ${scopes}`,
      hint: `Gate 3, the API: shop does not accept guests. Open it: anon-cli api enable shop --scopes ${scopes}`,
    });
  });

  it('gate 3: existing scopes need not be repeated', async () => {
    const tenant = await openTenant({ api: { allow_anonymous_access: false } });
    expect(await refused(connectionTo(tenant), tenant)).toMatchObject({ command: 'anon-cli api enable shop' });
  });

  it.each([
    ['gate 3', { allow_anonymous_access: false }],
    ['gate 4', {}],
  ])('%s: a scope with shell characters is quoted', async (_, api) => {
    const tenant = await openTenant({ api: { ...api, scopes: [{ value: 'x;reboot' }], anonymous_access_scopes: [] } });
    expect(await refused(connectionTo(tenant), tenant, { scope: 'x;reboot' })).toMatchObject({
      command: "anon-cli api enable shop --scopes 'x;reboot'",
    });
  });

  it('gate 4: the scopes, in addition to existing ones', async () => {
    const tenant = await openTenant();
    expect(await refused(connectionTo(tenant), tenant, { scope: 'read:catalog read:orders anon' })).toMatchObject({
      gate: 'scopes',
      error: 'invalid_scope',
      command: 'anon-cli api enable shop --scopes read:orders',
      hint: expect.stringMatching(/^Gate 4, the scopes: guests of web do not get read:orders at shop\./),
    });
  });
});

describe('a refusal that no gate explains is not a closed gate', () => {
  it('an audience that no API has', async () => {
    const tenant = await openTenant();
    const api = { audience: 'https://nothing.example', name: 'nothing' };
    const error = await refused(connectionTo(tenant), tenant, { api });
    expect(error).not.toBeInstanceOf(GateClosedError);
    expect(error).toMatchObject({
      hint: expect.stringMatching(/^The tenant has no API with audience \S+\. Run: anon-cli api list$/),
    });
  });

  it('a scope that the API does not define', async () => {
    const tenant = await openTenant();
    const error = await refused(connectionTo(tenant), tenant, { scope: 'read:catalog fly' });
    expect(error).not.toBeInstanceOf(GateClosedError);
    expect(error.hint).toBe(
      "API shop does not define the scope 'fly'. Its scopes: read:catalog, write:cart, read:orders, write:orders.",
    );
  });
});

it.each(['preview', 'ea'] as const)(
  'an application that requires proof of possession is not blamed on a gate, edition %s',
  async (edition) => {
    const tenant = await openTenant({ edition, app: { require_proof_of_possession: true } });
    for (const management of [connectionTo(tenant).management, undefined]) {
      const error = await refused(connectionTo(tenant, { edition, management }), tenant);
      expect(error).not.toBeInstanceOf(GateClosedError);
      expect(error).toMatchObject({
        status: 400,
        error: 'unauthorized_client',
        hint: expect.stringContaining('requires proof of possession (DPoP), which guests cannot give'),
      });
    }
  },
);

describe.each(['preview', 'ea'] as const)('a refusal of what the settings of edition %s allow', (edition) => {
  it.each([
    ['invalid_target', 400, undefined, 'guests of web get read:catalog write:cart at shop'],
    ['invalid_scope', 400, 'read:catalog anon', 'guests of web get read:catalog write:cart at shop'],
    ['unauthorized_client', 403, undefined, 'web may create guest sessions'],
  ])('%s (%i) is not blamed on a gate that is open', async (word, status, scope, open) => {
    const tenant = await openTenant({ edition });
    const connection = connectionTo(tenant, { edition });
    const refusing = {
      ...connection,
      fetch: async (url: string, request: Parameters<typeof connection.fetch>[1]) =>
        url.endsWith('/anonymous/token')
          ? json({ error: word, error_description: 'Not today.' }, status)()
          : connection.fetch(url, request),
    };
    const error = await refused(refusing, tenant, { scope });
    expect(error).not.toBeInstanceOf(GateClosedError);
    expect(error).toMatchObject({
      code: 'gate_closed',
      message: `${word} (${status}): Not today.`,
      hint: expect.stringContaining(
        `According to the tenant's settings, ${open}; the refusal has another reason. To check every gate`,
      ),
    });
  });
});

describe('without reading the tenant', () => {
  it('because of missing credentials, gate 3 is still named', async () => {
    const tenant = await openTenant({ api: { allow_anonymous_access: false } });
    const connection = connectionTo(tenant, { management: undefined });
    expect(await refused(connection, tenant)).toMatchObject({
      gate: 'api',
      command: 'anon-cli api enable shop --scopes <scope>',
      hint: expect.stringContaining('shop does not accept guests, or guests of web have no scopes there.'),
    });
    expect(connection.sent).toEqual(['POST /anonymous/token']);
  });

  it('because of missing credentials, gate 4 is still named', async () => {
    const tenant = await openTenant();
    const connection = connectionTo(tenant, { management: undefined });
    expect(await refused(connection, tenant, { scope: 'read:orders' })).toMatchObject({
      gate: 'scopes',
      command: 'anon-cli api enable shop --scopes read:orders',
    });
  });

  it('because that failed, the refusal itself is reported', async () => {
    const tenant = await openTenant();
    const answers = [json({ error: 'invalid_scope', error_description: 'No.' }, 400), json({ error: 'down' }, 503)];
    expect(await refused(scriptedConnection(answers, { maxWaitMs: 0 }), tenant, { scope: 'fly' })).toMatchObject({
      code: 'gate_closed',
      error: 'invalid_scope',
      gate: 'scopes',
    });
  });

  it('because of Ctrl-C, the interruption is reported', async () => {
    const tenant = await openTenant();
    const stopped = () => Promise.reject(interrupted());
    const connection = scriptedConnection([json({ error: 'invalid_target' }, 400), stopped]);
    expect(await refused(connection, tenant)).toMatchObject({ code: 'interrupted' });
  });
});

describe('in edition ea', () => {
  it('gate 2: an application that is not OIDC-conformant is made so too', async () => {
    const tenant = await openTenant({ edition: 'ea', app: { anonymous_sessions: undefined, oidc_conformant: false } });
    expect(await refused(connectionTo(tenant), tenant)).toMatchObject({
      gate: 'application',
      command: 'anon-cli app enable web --oidc-conformant',
    });
  });

  it("gate 2: also if the tenant's edition is not yet known", async () => {
    const tenant = await openTenant({ edition: 'ea', app: { anonymous_sessions: undefined, oidc_conformant: false } });
    expect(await refused(connectionTo(tenant, { edition: undefined }), tenant)).toMatchObject({
      command: 'anon-cli app enable web --oidc-conformant',
    });
  });

  it('gate 3: the API, and the application whose guests it accepts', async () => {
    const tenant = await testTenant({ edition: 'ea' });
    await tenant.change('client', tenant.app.client_id, { anonymous_sessions: { active: true } });
    expect(await refused(connectionTo(tenant), tenant)).toMatchObject({
      gate: 'api',
      command: 'anon-cli api enable shop --app web --scopes read:catalog',
    });
  });

  it('gate 4: the API is open, and the application has no grant', async () => {
    const tenant = await openTenant({ edition: 'ea' });
    await tenant.store.write((writer) => writer.remove('client_grant', guestGrantId));
    expect(await refused(connectionTo(tenant), tenant)).toMatchObject({
      gate: 'scopes',
      error: 'invalid_target',
      command: 'anon-cli api enable shop --app web --scopes read:catalog',
    });
  });
});

const doctor = /: anon-cli doctor --app \w+ --api https:\/\/api\.shop\.example --profile acme$/;

describe("a refused request is explained beyond the service's words", () => {
  const request = { app: { clientId: 'web', name: 'web', clientSecret: undefined }, api: shop, scope: undefined };
  const hintTo = async (error: string, description: string, status = 400, more: object = {}) => {
    const connection = scriptedConnection([], { management: undefined });
    const refusal = new ResponseError('failed', { status, error, description });
    return (await explainRefusal(connection, refusal, { ...request, ...more })).hint;
  };

  it.each([
    ['invalid_request', 'metadata exceeds the maximum allowed size', /1024 bytes/],
    ['metadata_too_large', '', /1024 bytes/],
    [
      'invalid_request',
      'metadata cannot be provided when session_token is present',
      /token update --meta <key=value> --replace/,
    ],
    ['invalid_request', 'Multiple authentication methods provided, please use one.', /secret twice/],
    ['invalid_request', 'metadata.cart must be a string', /strings, numbers/],
    ['invalid_request', 'metadata '.repeat(60_000), /strings, numbers/],
    ['invalid_request', 'client_id is required', doctor],
    ['invalid_session_token', 'No.', /another tenant or application.*: anon-cli token create --profile acme$/],
    ['session_expired', 'No.', /^Start a new session: anon-cli token create --profile acme$/],
    ['invalid_client', 'No.', doctor],
    ['server_error', 'No.', /Try again/],
    ['something_new', 'No.', doctor],
    ['constructor', 'No.', doctor],
  ])('%s: %.60s', async (error, description, hint) => {
    expect(await hintTo(error, description)).toMatch(hint);
  });

  it('doctor does not suggest doctor', async () => {
    expect(await hintTo('something_new', '', 400, { diagnosed: true })).toBeUndefined();
    expect(await hintTo('invalid_client', '', 401, { diagnosed: true })).toBe(
      'Check the client id of web, and its secret if it has one (--client-secret -).',
    );
  });

  it('a rate limit keeps its waiting time', async () => {
    const answer = { status: 429, error: 'too_many_requests', description: '' };
    const limit = new ResponseError('rate_limited', answer, { hint: 'Try again in 7 seconds.' });
    const explained = await explainRefusal(scriptedConnection([]), limit, request);
    expect(explained).toMatchObject({ code: 'rate_limited', hint: 'Try again in 7 seconds.' });
  });
});

describe('a client that is refused', () => {
  it('does not exist', async () => {
    const tenant = await openTenant();
    const app = { clientId: 'nobody', name: 'nobody', clientSecret: undefined };
    expect(await refused(connectionTo(tenant), tenant, { app })).toMatchObject({
      code: 'not_authorised',
      hint: expect.stringMatching(/^The tenant has no application with client id \S+\. Run: anon-cli app list$/),
    });
  });

  it.each([
    ['has a secret that was not sent', undefined, 'server is confidential. Pass its secret: --client-secret -'],
    [
      'has another secret',
      'wrong',
      'The secret of server is wrong, or was rotated. Pass the current one: --client-secret -',
    ],
  ])('%s', async (_, clientSecret, hint) => {
    const tenant = await openTenant();
    const { client_id } = await confidentialApp(tenant);
    const app = { clientId: client_id, name: 'server', clientSecret };
    expect(await refused(connectionTo(tenant), tenant, { app })).toMatchObject({ code: 'not_authorised', hint });
  });
});
