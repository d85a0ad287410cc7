import { describe, expect, it } from 'vitest';
import { applyPlan } from '../../../src/domain/plan/apply.ts';
import { planTenantChange, readTenant } from '../../../src/domain/tenant/settings.ts';
import { connectionTo, failureOf, json, managementToken, scriptedConnection } from '../../support/domain.ts';
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
      cookie: undefined,
    });
  });

  it('name a tenant by its host if it has no name', async () => {
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
    const plan = await planTenantChange(tenant, change);
    expect(plan.writes).toMatchObject([{ method: 'PATCH', path: '/api/v2/tenants/settings', body }]);
    expect(plan.writes[0]?.body).toEqual(body);
    const after = await applyPlan(tenant, plan);
    expect(after).toEqual({ ...before, ...change });
    expect(await readTenant(tenant)).toEqual(after);
    expect((await planTenantChange(tenant, change)).writes).toEqual([]);
  });

  it('that match the defaults are not written', async () => {
    const tenant = scriptedConnection([managementToken, json({ friendly_name: 'bare' })]);
    const plan = await planTenantChange(tenant, { lifetimeSeconds: 2_592_000, tokenFormat: 'jwe' });
    expect(plan.writes).toEqual([]);
  });
});

describe('in edition ea', () => {
  const sessions = {
    oidc_logout_prompt_enabled: false,
    anonymous: { lifetime_in_minutes: 1440, activate_cookie: true },
  };
  const ea = (settings: object = { sessions }) =>
    scriptedConnection([managementToken, json(settings)], { edition: 'ea' });

  it('sessions are sent as a whole, and only changes are reported', async () => {
    const plan = await planTenantChange(ea(), { lifetimeSeconds: 2_592_000, cookie: false });
    expect(plan.writes).toMatchObject([
      {
        changes: [
          { member: 'sessions.anonymous.lifetime_in_minutes', before: 1440, after: 43_200 },
          { member: 'sessions.anonymous.activate_cookie', before: true, after: false },
        ],
      },
    ]);
    expect(plan.writes[0]?.body).toEqual({
      sessions: {
        oidc_logout_prompt_enabled: false,
        anonymous: { lifetime_in_minutes: 43_200, activate_cookie: false },
      },
    });
  });

  it.each([
    [90, '1m or 2m'],
    [86_399, '1439m or 1d'],
    [30, '1m'],
  ])(
    'a lifetime of %i seconds is not in whole minutes: the nearest are suggested, without a request',
    async (lifetimeSeconds, nearest) => {
      const tenant = ea();
      const error = await failureOf(() => planTenantChange(tenant, { lifetimeSeconds }));
      expect(error.code).toBe('usage');
      expect(error.hint).toContain(
        nearest === '1m' ? 'Choose 1 minute to 1 year, in whole minutes (1 to 525600).' : nearest,
      );
      expect(tenant.sent).toEqual([]);
    },
  );

  it.each([
    [{ tokenFormat: 'jwt' } as const, "Edition ea always encrypts session tokens (JWE); the format can't be changed."],
    [{ lifetimeSeconds: 0 }, 'Sessions always expire in edition ea.'],
  ])('%o is refused without a request', async (change, message) => {
    const tenant = ea();
    expect(await failureOf(() => planTenantChange(tenant, change))).toMatchObject({
      code: 'edition_unsupported',
      message,
    });
    expect(tenant.sent).toEqual([]);
  });
});

it('in edition preview there is no cookie switch', async () => {
  const tenant = connectionTo(await testTenant());
  expect(await failureOf(() => planTenantChange(tenant, { cookie: false }))).toMatchObject({
    code: 'edition_unsupported',
    message: 'Edition preview has no cookie setting.',
  });
});
