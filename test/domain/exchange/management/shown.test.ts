import { describe, expect, it } from 'vitest';
import { listApis } from '../../../../src/domain/api/read.ts';
import { listApps, readApp } from '../../../../src/domain/app/read.ts';
import { readTenant } from '../../../../src/domain/tenant/settings.ts';
import type { EditionName } from '../../../../src/wire/edition/edition.ts';
import { failureOf, json, managementToken, scriptedConnection } from '../../../support/domain.ts';

const app = { client_id: 'one', name: 'web' };
const api = { id: '1', identifier: 'https://shop.example', name: 'shop' };

function answered(edition: EditionName, body: unknown) {
  return scriptedConnection([managementToken, json(body)], { edition });
}

const reads = {
  tenant: (edition: EditionName, settings: object) => readTenant(answered(edition, settings)),
  app: (edition: EditionName, settings: object) => listApps(answered(edition, { clients: [{ ...app, ...settings }] })),
  api: (edition: EditionName, settings: object) =>
    listApis(answered(edition, { total: 1, resource_servers: [{ ...api, ...settings }] })),
};

describe('a setting for guests that the edition does not know is not taken for the default', () => {
  it.each([
    [
      'tenant',
      'ea',
      { sessions: { anonymous: { lifetime_in_minutes: '60' } } },
      'lifetime_in_minutes must be a number',
    ],
    ['tenant', 'ea', { sessions: { anonymous: { activate_cookie: 'no' } } }, 'activate_cookie must be true or false'],
    ['tenant', 'preview', { anonymous_session_lifetime: '60' }, 'anonymous_session_lifetime must be a number'],
    ['tenant', 'preview', { anonymous_session_token_format: 'opaque' }, "must be 'jwe' or 'jwt'"],
    ['app', 'ea', { anonymous_sessions: { active: 'true' } }, 'application web .*active must be true or false'],
    ['app', 'preview', { can_create_anonymous_sessions: 1 }, 'application web .*must be true or false'],
    ['app', 'preview', { access_token: { custom_claim_mappings: [{ name: 1 }] } }, 'custom_claim_mappings.0.name'],
    [
      'api',
      'ea',
      { subject_type_authorization: { anonymous_user: { policy: 'allow_all' } } },
      "API shop .*policy must be 'deny_all' or 'require_client_grant'",
    ],
    ['api', 'ea', { token_lifetime_for_anonymous_access_tokens: '1' }, 'must be a number'],
    ['api', 'ea', { access_token: { claims_mapping: { custom_claims: {} } } }, 'custom_claims must be an'],
    ['api', 'preview', { allow_anonymous_access: 'yes' }, 'must be true or false'],
    ['api', 'preview', { anonymous_access_scopes: 'read:x' }, 'anonymous_access_scopes must be an'],
  ] as const)('%s, edition %s: %j', async (kind, edition, settings, message) => {
    expect(await failureOf(() => reads[kind](edition, settings))).toMatchObject({
      code: 'response_invalid',
      message: expect.stringMatching(new RegExp(message)),
    });
  });

  it.each([
    ['tenant', 'ea', { sessions: { anonymous: null, other: 1 } }],
    ['tenant', 'preview', { anonymous_session_lifetime: null }],
    ['app', 'ea', { anonymous_sessions: null }],
    ['app', 'preview', { access_token: null }],
    ['api', 'ea', { subject_type_authorization: { user: { policy: 'new' } }, access_token: null }],
    ['api', 'preview', { subject_type_authorization: { anonymous_user: 1 } }],
  ] as const)(
    'what is not set, or not for guests, does no harm: %s, edition %s: %j',
    async (kind, edition, settings) => {
      await expect(reads[kind](edition, settings)).resolves.toBeDefined();
    },
  );

  it("one of the tenant's own APIs has no guests, whatever it shows", async () => {
    const own = { is_system: true, subject_type_authorization: { anonymous_user: { policy: 'allow_all' } } };
    expect(await reads.api('ea', own)).toEqual([]);
  });
});

describe('settings that the credentials may not read', () => {
  it('are not taken for disabled', async () => {
    const tenant = answered('ea', { ...app, app_type: 'spa', description: '' });
    expect(await failureOf(() => readApp(tenant, 'one'))).toMatchObject({
      code: 'not_authorised',
      message: 'The tenant shows no settings of application web to these credentials.',
      hint: expect.stringContaining('read:clients'),
    });
  });

  it('are shown as disabled where the application shows others', async () => {
    expect(await readApp(answered('ea', { ...app, is_first_party: true }), 'one')).toMatchObject({ enabled: false });
  });
});
