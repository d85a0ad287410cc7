import { describe, expect, it } from 'vitest';
import { changeTenant, readTenant } from '../../../src/domain/tenant/settings.ts';
import { connectionTo, json, managementToken, scriptedConnection } from '../../support/domain.ts';
import { testTenant } from '../../support/local.ts';

describe("a tenant's settings", () => {
  it('are read in one vocabulary', async () => {
    const tenant = connectionTo(await testTenant());
    expect(await readTenant(tenant)).toEqual({
      name: 'Local tenant',
      issuer: 'https://localhost:4400/',
      edition: 'preview',
      lifetimeSeconds: 2_592_000,
      tokenFormat: 'jwe',
    });
  });

  it('name a tenant by its host when it has no name', async () => {
    const tenant = scriptedConnection([managementToken, json({ anonymous_session_lifetime: 60 })]);
    expect(await readTenant(tenant)).toMatchObject({ name: 'acme.example', lifetimeSeconds: 60 });
  });

  it.each([
    [{ lifetimeSeconds: 3600 }, { anonymous_session_lifetime: 3600 }],
    [{ lifetimeSeconds: 0 }, { anonymous_session_lifetime: 0 }],
    [{ tokenFormat: 'jwt' }, { anonymous_session_token_format: 'jwt' }],
    [
      { lifetimeSeconds: 60, tokenFormat: 'jwt' },
      { anonymous_session_lifetime: 60, anonymous_session_token_format: 'jwt' },
    ],
  ] as const)('change by %o and nothing else', async (change, body) => {
    const tenant = connectionTo(await testTenant());
    const before = await readTenant(tenant);
    const { tenant: after, sent } = await changeTenant(tenant, change);
    expect(after).toEqual({ ...before, ...change });
    expect(sent).toEqual({ method: 'PATCH', path: '/api/v2/tenants/settings', body });
    expect(await readTenant(tenant)).toEqual(after);
  });
});
