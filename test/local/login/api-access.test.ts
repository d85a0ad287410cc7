import { describe, expect, it } from 'vitest';
import { findUserAccess } from '../../../src/local/login/api-access.ts';
import { editionNames } from '../../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { type LoginTenant, loginTenant } from '../../support/login.ts';

async function access(tenant: LoginTenant, scope: string, audience?: string) {
  const client = (await tenant.store.get('client', tenant.app.client_id)) ?? {};
  return findUserAccess(tenant.store, await tenant.moment(), client, { audience, scope: scope.split(' ') });
}

const userPolicy = (policy: string): JsonObject => ({ subject_type_authorization: { user: { policy } } });
const userGrant = (tenant: LoginTenant, members: JsonObject) => ({
  id: 'cgr_users',
  client_id: tenant.app.client_id,
  audience: tenant.api.identifier,
  subject_type: 'user',
  ...members,
});
const denied = (description: string) => ({ name: 'AuthorizationError', error: 'access_denied', description });

describe.each(editionNames)('what users get, edition %s', (edition) => {
  it('are the requested scopes that exist, in their order', async () => {
    const tenant = await loginTenant({ edition });
    const requested = 'write:cart email nothing openid write:cart read:catalog offline_access';
    expect(await access(tenant, requested, tenant.api.identifier)).toEqual({
      audience: tenant.api.identifier,
      server: await tenant.store.get('resource_server', tenant.api.id),
      scope: ['write:cart', 'email', 'openid', 'read:catalog'],
      offline: false,
    });
  });
});

describe('a request', () => {
  it('without an audience gets the default API, or none', async () => {
    const tenant = await loginTenant();
    expect(await access(tenant, 'openid read:catalog')).toMatchObject({ audience: undefined, scope: ['openid'] });
    await tenant.change('tenant', 'settings', { default_audience: tenant.api.identifier });
    expect(await access(tenant, 'openid read:catalog')).toMatchObject({
      audience: tenant.api.identifier,
      scope: ['openid', 'read:catalog'],
    });
  });

  it('for an unknown API is refused', async () => {
    const tenant = await loginTenant();
    const unknown = access(tenant, 'openid', 'https://nobody.example');
    await expect(unknown).rejects.toMatchObject(denied('Service not found: https://nobody.example'));
  });

  it('for the Management API gets none of its scopes', async () => {
    const tenant = await loginTenant();
    const audience = `${tenant.issuer}api/v2/`;
    expect((await access(tenant, 'openid read:clients create:users', audience)).scope).toEqual(['openid']);
  });

  it.each([
    [['authorization_code'], undefined, false],
    [['authorization_code', 'refresh_token'], undefined, true],
    [['authorization_code', 'refresh_token'], false, false],
    [['authorization_code', 'refresh_token'], true, true],
    [['authorization_code'], true, false],
  ])('of an application with %j gets offline_access, where the API has %s: %s', async (grants, api, offline) => {
    const tenant = await loginTenant({ app: { grant_types: grants }, api: { allow_offline_access: api } });
    const granted = await access(tenant, 'offline_access', api === undefined ? undefined : tenant.api.identifier);
    expect(granted).toMatchObject({ offline, scope: offline ? ['offline_access'] : [] });
  });
});

describe('the policy for users', () => {
  const refusal = ({ app, api }: LoginTenant) =>
    denied(`Client "${app.client_id}" is not authorized to access resource server "${api.identifier}".`);

  it.each(['require_client_grant', 'deny_all'])('%s refuses an application without a grant', async (policy) => {
    const tenant = await loginTenant({ api: userPolicy(policy) });
    const guests = await tenant.store.list('client_grant');
    expect(guests.some(({ subject_type: subject }) => subject === 'anonymous_user')).toBe(true);
    await expect(access(tenant, 'openid', tenant.api.identifier)).rejects.toMatchObject(refusal(tenant));
  });

  it.each<[JsonObject, string[]]>([
    [{ scope: ['read:catalog'] }, ['openid', 'read:catalog']],
    [{ allow_all_scopes: true }, ['openid', 'read:catalog', 'write:cart']],
  ])('require_client_grant gives the scopes of the grant %j', async (members, scope) => {
    const tenant = await loginTenant({ api: userPolicy('require_client_grant') });
    await tenant.change('client_grant', 'cgr_users', userGrant(tenant, members));
    const granted = await access(tenant, 'openid read:catalog write:cart', tenant.api.identifier);
    expect(granted.scope).toEqual(scope);
  });

  it('deny_all refuses an application with a grant too', async () => {
    const tenant = await loginTenant({ api: userPolicy('deny_all') });
    await tenant.change('client_grant', 'cgr_users', userGrant(tenant, { allow_all_scopes: true }));
    await expect(access(tenant, 'openid', tenant.api.identifier)).rejects.toMatchObject(refusal(tenant));
  });
});
