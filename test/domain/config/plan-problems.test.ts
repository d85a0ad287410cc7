import { describe, expect, it } from 'vitest';
import { planConfig } from '../../../src/domain/config/plan.ts';
import { readSnapshot } from '../../../src/domain/config/read-tenant.ts';
import { type Clients, configOf, configTenant, shop, stock } from '../../support/config-tenant.ts';
import { connectionTo } from '../../support/domain.ts';

type Written = Parameters<typeof configOf>[0];
type Row = readonly [edition: 'preview' | 'ea', written: Written | ((clients: Clients) => Written), problem: string];

const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`c${index}`, 'user_id']));

const rows: readonly Row[] = [
  ['ea', { apps: { wbe: {} } }, "apps.wbe: Application 'wbe' not found. Did you mean 'web'?"],
  ['ea', { apps: { kiosk: {} } }, "apps.kiosk: Application 'kiosk' not found. Create it: anon-cli app create kiosk"],
  ['ea', ({ web }) => ({ apps: { web: {}, [web]: {} } }), "'web' and 'CLIENT' are the same application."],
  ['ea', { apis: { 'https://shop.exampl/api': {} } }, `not found. Did you mean '${shop}'?`],
  ['ea', { apis: { stock: {} } }, `APIs are named by their audience: ${stock}`],
  ['ea', { apis: { 'urn:x': {} } }, 'Create it: anon-cli api create <name> --audience urn:x'],
  ['ea', { apis: { 'https://localhost:4400/api/v2/': {} } }, "is the tenant's own and can't be opened to guests."],
  [
    'ea',
    { apis: { [shop]: { scopes: ['read:catalgo'] } } },
    "scopes.0: API 'shop' has no scope 'read:catalgo'. Did you",
  ],
  ['ea', { apis: { [shop]: { apps: { web: ['x'] } } } }, `apis.${shop}.apps.web.0: API 'shop' has no scope 'x'.`],
  [
    'ea',
    { apis: { [shop]: { apps: { moblie: [] } } } },
    "apps.moblie: Application 'moblie' not found. Did you mean 'mobile'?",
  ],
  [
    'ea',
    { tenant: { tokenFormat: 'jwt' } },
    "tenant.format: Edition ea always encrypts session tokens (JWE); the format can't be jwt.",
  ],
  ['preview', { tenant: { cookie: false } }, 'tenant.cookie: Edition preview has no cookie setting.'],
  ['ea', { tenant: { lifetimeSeconds: 0 } }, 'tenant.lifetime: Sessions always expire in edition ea.'],
  [
    'ea',
    { tenant: { lifetimeSeconds: 90 } },
    'tenant.lifetime: Session lifetime 90s is not a whole number of minutes.',
  ],
  ['ea', { apis: { [shop]: { tokenLifetimeSeconds: 9e9 } } }, 'token-lifetime: Guest access token lifetime'],
  [
    'preview',
    { apps: { web: { enabled: true } }, claims: many },
    'claims: 11 claims are too many: edition preview maps at most 10.',
  ],
  [
    'preview',
    {
      apps: { web: { enabled: true }, mobile: { enabled: true } },
      apis: { [shop]: { scopes: [], apps: { web: ['read:catalog'] } } },
    },
    'Edition preview gives the guests of every application the same scopes at an API',
  ],
  [
    'preview',
    {
      apps: { web: { enabled: true }, mobile: { enabled: true } },
      apis: { [shop]: { apps: { web: ['read:catalog'] } } },
    },
    "so the list would be for 'mobile' too, which the file does not give any.",
  ],
];

describe('a configuration that does not suit the tenant', () => {
  it.each(rows)('%s: %j', async (edition, written, wanted) => {
    const tenant = await configTenant(edition);
    const config = configOf(typeof written === 'function' ? written(tenant.clients) : written);
    const { problems } = planConfig(config, await readSnapshot(connectionTo(tenant)), { prune: false });
    const texts = problems.map(({ path, message, hint }) => `${path.join('.')}: ${message} ${hint ?? ''}`);
    expect(texts).toHaveLength(1);
    expect(texts[0]?.replace(tenant.clients.web, 'CLIENT').replace(tenant.clients.web, 'CLIENT')).toContain(wanted);
  });

  it('has every problem at once', async () => {
    const tenant = connectionTo(await configTenant('ea'));
    const config = configOf({
      tenant: { tokenFormat: 'jwt' },
      apps: { wbe: {} },
      apis: { [stock]: { scopes: ['x', 'y'] } },
    });
    expect(planConfig(config, await readSnapshot(tenant), { prune: false }).problems).toHaveLength(4);
  });

  it('has none where a setting says what the edition always does', async () => {
    const tenant = connectionTo(await configTenant('ea'));
    const { plan, problems } = planConfig(configOf({ tenant: { tokenFormat: 'jwe' } }), await readSnapshot(tenant), {
      prune: false,
    });
    expect({ problems, steps: plan.steps }).toEqual({ problems: [], steps: [] });
  });

  it('must make an application OIDC-conformant to enable it in edition ea', async () => {
    const tenant = await configTenant('ea');
    await tenant.change('client', tenant.clients.web, { oidc_conformant: false });
    const problemsOf = async (web: object) =>
      planConfig(configOf({ apps: { web } }), await readSnapshot(connectionTo(tenant)), { prune: false }).problems;
    expect((await problemsOf({ enabled: true }))[0]?.message).toContain('is not OIDC-conformant');
    expect(await problemsOf({ enabled: true, oidcConformant: true })).toEqual([]);
  });
});
