import { describe, expect, it } from 'vitest';
import { clientCreate, clientPatch } from '../../src/wire/client.ts';
import { preview } from '../../src/wire/edition/preview.ts';
import { checkPayload } from '../../src/wire/management-error.ts';
import { resourceServerCreate, resourceServerPatch } from '../../src/wire/resource-server.ts';
import { tenantSettingsPatch } from '../../src/wire/tenant-settings.ts';
import { payloadError } from '../support/payload-error.ts';

const payloads = {
  'a new client': clientCreate(preview),
  'a change of a client': clientPatch(preview),
  'a new resource server': resourceServerCreate(preview),
  'a change of a resource server': resourceServerPatch(preview),
  'a change of the tenant settings': tenantSettingsPatch(preview),
};
type Payload = keyof typeof payloads;

describe('a Management API payload', () => {
  it.each<[Payload, unknown]>([
    ['a new client', { name: 'web', app_type: 'spa', can_create_anonymous_sessions: true }],
    ['a change of a client', { token_endpoint_auth_method: null, callbacks: [] }],
    ['a new resource server', { identifier: 'urn:api', token_lifetime: 2_592_000 }],
    ['a change of a resource server', { token_lifetime_for_anonymous_access: null, name: '' }],
    ['a change of the tenant settings', { anonymous_session_lifetime: 0, sessions: null }],
    ['a change of the tenant settings', { anonymous_session_lifetime: 31_536_000 }],
  ])('is accepted unchanged: %s %j', (payload, body) => {
    expect(checkPayload(payloads[payload], body)).toEqual({ ok: true, value: body });
  });

  it.each<[Payload, unknown, string]>([
    ['a new client', {}, 'Missing required property: name'],
    ['a new client', { name: 'a', scopes: [] }, 'Additional properties not allowed: scopes'],
    ['a new client', { scopes: [], name: 5, id: 'a' }, 'Additional properties not allowed: scopes, id'],
    ['a new client', { name: '' }, 'String is too short (0 chars), minimum 1 on property name'],
    ['a new client', { name: '<b>' }, "Object didn't pass validation for format client-name: <b> on property name"],
    ['a new client', { name: 5 }, 'Expected type string but found type integer on property name'],
    ['a new client', { name: 'a', app_type: 'tv' }, 'No enum match for: tv on property app_type'],
    ['a new client', { name: 'a', callbacks: {} }, 'Expected type array but found type object on property callbacks'],
    [
      'a new client',
      { name: 'a', callbacks: ['https://b.example', null] },
      'Expected type string but found type null on property callbacks[1]',
    ],
    [
      'a change of a client',
      { can_create_anonymous_sessions: 'yes' },
      'Expected type boolean but found type string on property can_create_anonymous_sessions',
    ],
    [
      'a change of a client',
      { client_metadata: [] },
      'Expected type object but found type array on property client_metadata',
    ],
    ['a change of a client', { client_id: 'other' }, 'Additional properties not allowed: client_id'],
    ['a new resource server', { name: 'a' }, 'Missing required property: identifier'],
    [
      'a new resource server',
      { identifier: 'a', subject_type_authorization: { user: { allow: 1, deny: 2 } } },
      'Additional properties not allowed: allow, deny on property subject_type_authorization.user',
    ],
    [
      'a new resource server',
      { identifier: 'a', token_lifetime: '60' },
      'Expected type integer but found type string on property token_lifetime',
    ],
    [
      'a new resource server',
      { identifier: 'a', scopes: [{}] },
      'Missing required property: value on property scopes[0]',
    ],
    [
      'a new resource server',
      { identifier: 'a', scopes: [{ value: 'a b' }] },
      "Object didn't pass validation for format scope: a b on property scopes[0].value",
    ],
    [
      'a new resource server',
      { identifier: 'a', name: 'n'.repeat(201) },
      'String is too long (201 chars), maximum 200 on property name',
    ],
    ['a change of a resource server', { identifier: 'b' }, 'Additional properties not allowed: identifier'],
    [
      'a change of a resource server',
      { token_lifetime: -1 },
      'Value -1 is less than minimum 0 on property token_lifetime',
    ],
    [
      'a change of a resource server',
      { token_lifetime_for_anonymous_access: 2_592_001 },
      'Value 2592001 is greater than maximum 2592000 on property token_lifetime_for_anonymous_access',
    ],
    [
      'a change of a resource server',
      { token_lifetime_for_anonymous_access: 0 },
      'Value 0 is less than minimum 1 on property token_lifetime_for_anonymous_access',
    ],
    [
      'a change of a resource server',
      { token_lifetime: 1.5 },
      'Expected type integer but found type number on property token_lifetime',
    ],
    ['a change of the tenant settings', {}, 'Too few properties defined (0), minimum 1'],
    [
      'a change of the tenant settings',
      { anonymous_session_lifetime: 31_536_001 },
      'Value 31536001 is greater than maximum 31536000 on property anonymous_session_lifetime',
    ],
    [
      'a change of the tenant settings',
      { anonymous_session_token_format: 'paseto' },
      'No enum match for: paseto on property anonymous_session_token_format',
    ],
    ['a change of the tenant settings', { flags: 'x' }, 'Expected type object but found type string on property flags'],
    ['a change of the tenant settings', null, 'Expected type object but found type null'],
  ])("is refused with the service's message: %s %j", (payload, body, problem) => {
    expect(checkPayload(payloads[payload], body)).toEqual({
      ok: false,
      message: payloadError(problem),
    });
  });
});
