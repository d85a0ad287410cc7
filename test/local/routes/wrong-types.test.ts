import { describe, expect, it } from 'vitest';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { testTenant } from '../../support/local.ts';
import { payloadError } from '../../support/payload-error.ts';

// Request schemas are closed, and have the types of the published SDK. @see management-api, section 2.1

type Kind = 'settings' | 'client' | 'resource server';

/** The object of a kind that a new tenant has, and what sends a change of it. */
async function objectOf(kind: Kind, edition: EditionName) {
  const tenant = await testTenant({ edition });
  const manage = await tenant.management();
  const path = {
    settings: '/api/v2/tenants/settings',
    client: `/api/v2/clients/${tenant.app.client_id}`,
    'resource server': `/api/v2/resource-servers/${tenant.api.id}`,
  }[kind];
  return {
    read: async () => (await manage('GET', path)).body,
    change: (json: JsonObject) => manage('PATCH', path, { json }),
  };
}

async function expectRefused(kind: Kind, edition: EditionName, json: JsonObject, problem: string): Promise<void> {
  const { read, change } = await objectOf(kind, edition);
  const before = await read();
  const { status, body } = await change(json);
  expect([status, body.message, body.errorCode]).toEqual([400, payloadError(problem), 'invalid_body']);
  expect(await read()).toEqual(before);
}

describe.each(['preview', 'ea'] as const)('in edition %s', (edition) => {
  it.each<[Kind, JsonObject, string]>([
    ['settings', { flags: { anonymous_sessions_enabled: 'false' } }, 'boolean but found type string'],
    ['settings', { allowed_logout_urls: 'https://shop.example' }, 'array but found type string'],
    ['settings', { default_redirection_uri: 5 }, 'string but found type integer'],
    ['settings', { error_page: [] }, 'object but found type array'],
    ['settings', { oidc_logout: { rp_logout_end_session_endpoint_discovery: 0 } }, 'boolean but found type integer'],
    ['settings', { authorization_response_iss_parameter_supported: 'true' }, 'boolean but found type string'],
    ['settings', { sessions: { oidc_logout_prompt_enabled: 'no' } }, 'boolean but found type string'],
    ['settings', { sessions: [] }, 'object but found type array'],
    ['client', { oidc_conformant: 'true' }, 'boolean but found type string'],
    ['client', { require_pushed_authorization_requests: 1 }, 'boolean but found type integer'],
    ['client', { allowed_clients: [5] }, 'string but found type integer'],
    ['client', { par_request_expiry: '60' }, 'number but found type string'],
    ['client', { jwt_configuration: { lifetime_in_seconds: '60' } }, 'number but found type string'],
    ['client', { jwt_configuration: [] }, 'object but found type array'],
    ['client', { refresh_token: { infinite_token_lifetime: 'true' } }, 'boolean but found type string'],
    ['resource server', { allow_offline_access: 'true' }, 'boolean but found type string'],
    ['resource server', { proof_of_possession: [] }, 'object but found type array'],
    ['resource server', { subject_type_authorization: [] }, 'object but found type array'],
    ['resource server', { scopes: [['read:catalog']] }, 'object but found type array'],
  ])('a member of another type is refused: %s %j', async (kind, json, expectation) => {
    await expectRefused(kind, edition, json, `Expected type ${expectation} on property ${pathIn(json)}`);
  });

  it.each<[Kind, JsonObject, string]>([
    ['client', { refresh_token: { rotation_type: 'sometimes' } }, 'No enum match for: sometimes'],
    ['client', { description: 'x'.repeat(141) }, 'String is too long (141 chars), maximum 140'],
    ['client', { par_request_expiry: 0 }, 'Value 0 is equal or less than exclusive minimum 0'],
    [
      'resource server',
      { subject_type_authorization: { user: { policy: 'everyone' } } },
      'No enum match for: everyone',
    ],
  ])('a value without a meaning is refused: %s %j', async (kind, json, problem) => {
    await expectRefused(kind, edition, json, `${problem} on property ${pathIn(json)}`);
  });

  it.each<[Kind, JsonObject]>([
    ['settings', { allowed_logout_urls: ['https://shop.example'], flags: { enable_sso: true }, support_url: null }],
    ['client', { description: null, addons: { samlp: {} }, par_request_expiry: 60 }],
    ['resource server', { allow_offline_access: true, token_dialect: 'access_token' }],
  ])('members of their types are saved: %s %j', async (kind, json) => {
    const { change } = await objectOf(kind, edition);
    const { status, body } = await change(json);
    const kept = Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
    expect(status).toBe(200);
    expect(body).toMatchObject(kept);
  });

  it('null removes members inside of others too', async () => {
    const { change } = await objectOf('resource server', edition);
    const { body } = await change({ proof_of_possession: { mechanism: 'dpop', required: null } });
    expect(body.proof_of_possession).toEqual({ mechanism: 'dpop' });
  });
});

/** The property that a change of one value is about, in the words of a refusal. */
function pathIn(value: unknown, path = ''): string {
  if (typeof value !== 'object' || value === null) return path;
  const [key, inner] = Object.entries(value)[0] ?? [];
  if (key === undefined) return path;
  if (!Array.isArray(value)) return pathIn(inner, path === '' ? key : `${path}.${key}`);
  return Array.isArray(inner) ? `${path}[0]` : pathIn(inner, `${path}[0]`);
}

describe('settings of edition ea in a tenant of edition preview', () => {
  it.each<[Kind, JsonObject, string]>([
    ['settings', { sessions: { anonymous: { lifetime_in_minutes: 60 } } }, 'anonymous on property sessions'],
    [
      'resource server',
      { subject_type_authorization: { anonymous_user: { policy: 'require_client_grant' } } },
      'anonymous_user on property subject_type_authorization',
    ],
  ])('are refused, because they would have no effect: %s', async (kind, json, member) => {
    await expectRefused(kind, 'preview', json, `Additional properties not allowed: ${member}`);
  });
});

describe('an array in place of an object, in edition ea', () => {
  it.each<[Kind, JsonObject, string]>([
    ['settings', { sessions: { anonymous: [] } }, 'sessions.anonymous'],
    ['client', { anonymous_sessions: [] }, 'anonymous_sessions'],
    ['resource server', { access_token: [] }, 'access_token'],
    ['resource server', { access_token: { claims_mapping: [] } }, 'access_token.claims_mapping'],
  ])('is refused: %s %j', async (kind, json, property) => {
    await expectRefused(kind, 'ea', json, `Expected type object but found type array on property ${property}`);
  });
});
