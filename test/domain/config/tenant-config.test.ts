import { describe, expect, it } from 'vitest';
import { planConfig } from '../../../src/domain/config/plan.ts';
import { readSnapshot } from '../../../src/domain/config/read-tenant.ts';
import { readTenantConfig } from '../../../src/domain/config/tenant-config.ts';
import { configOf, configTenant, setTo, shop, stock } from '../../support/config-tenant.ts';
import { connectionTo } from '../../support/domain.ts';

const written = configOf({
  tenant: { lifetimeSeconds: 7_776_000 },
  apps: { mobile: { enabled: true, oidcConformant: true }, web: { enabled: true, origins: ['http://localhost:3000'] } },
  apis: {
    [shop]: { open: true, tokenLifetimeSeconds: 90_000, scopes: ['read:catalog'] },
    [stock]: { open: false, scopes: ['read:stock'] },
  },
  claims: { 'https://example.com/language': 'metadata.language' },
});

describe.each(['preview', 'ea'] as const)('edition %s', (edition) => {
  it('is read as the configuration that it was set to, which changes nothing there', async () => {
    const tenant = await configTenant(edition);
    await setTo(tenant, written);
    const { config, notes } = await readTenantConfig(connectionTo(tenant), { full: false });
    expect(notes).toEqual([]);
    expect(config.tenant).toEqual(written.tenant);
    expect(config.claims).toEqual(written.claims);
    expect(Object.fromEntries(config.apis)).toEqual(Object.fromEntries(written.apis));
    const conformant = edition === 'ea' && { oidcConformant: true };
    expect(config.apps.get('web')).toEqual({ enabled: true, ...conformant, origins: ['http://localhost:3000'] });
    for (const full of [false, true]) {
      const read = await readTenantConfig(connectionTo(tenant), { full });
      const { plan, problems } = planConfig(read.config, await readSnapshot(connectionTo(tenant)), { prune: full });
      expect({ problems, steps: plan.steps }).toEqual({ problems: [], steps: [] });
    }
  });

  it('is empty where nothing is open, and complete with `full`', async () => {
    const tenant = connectionTo(await configTenant(edition));
    expect((await readTenantConfig(tenant, { full: false })).config).toEqual({
      ...{ apps: new Map(), apis: new Map(), policies: [] },
    });
    const { config } = await readTenantConfig(tenant, { full: true });
    expect([...config.apps.keys()]).toEqual(['mobile', 'web']);
    expect(config.tenant?.lifetimeSeconds).toBe(2_592_000);
    expect(config.apis.get(shop)?.open).toBe(false);
  });

  it('names an application by its client id where the name is not unique', async () => {
    const tenant = await configTenant(edition);
    await (await tenant.management())('POST', '/api/v2/clients', { json: { name: 'Web' } });
    const { config } = await readTenantConfig(connectionTo(tenant), { full: true });
    expect([...config.apps.keys()]).toContain(tenant.clients.web);
    expect([...config.apps.keys()]).toContain('mobile');
  });
});

it('says what a file cannot express', async () => {
  const tenant = await configTenant('ea');
  await setTo(tenant, written);
  const manage = await tenant.management();
  const { body: grants } = await manage('GET', `/api/v2/client-grants?subject_type=anonymous_user&audience=${shop}`);
  await manage('PATCH', `/api/v2/client-grants/${grants[0].id}`, { json: { allow_all_scopes: true } });
  await tenant.change('client', tenant.clients.web, { oidc_conformant: false });
  await manage('PATCH', `/api/v2/resource-servers/${encodeURIComponent(stock)}`, {
    json: { subject_type_authorization: { anonymous_user: { policy: 'require_client_grant' } } },
  });
  const { config, notes } = await readTenantConfig(connectionTo(tenant), { full: false });
  expect(notes.join('\n')).toMatch(
    /every scope of 'shop', later ones too[\s\S]*different claims[\s\S]*not OIDC-conformant/,
  );
  expect(config.claims).toBeUndefined();
});
