import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/domain/gates/diagnosis/diagnose.ts';
import type { DiagnosisRequest } from '../../../src/domain/gates/diagnosis/management-checks.ts';
import { fixCommand, planFix } from '../../../src/domain/gates/fix.ts';
import { applyPlan } from '../../../src/domain/plan/apply.ts';
import { connectionTo, failureOf } from '../../support/domain.ts';
import { openTenant, type TestTenant, testTenant } from '../../support/local.ts';

const request: DiagnosisRequest = {
  app: { named: undefined, chosen: undefined },
  api: { named: undefined, chosen: undefined },
  wanted: [],
  origin: undefined,
  forcedEdition: undefined,
  probe: undefined,
};
const scopes = ['read:catalog'];
const found = (tenant: TestTenant, more: Partial<DiagnosisRequest> = {}) =>
  diagnose(connectionTo(tenant), { ...request, ...more });

describe.each(['preview', 'ea'] as const)('edition %s', (edition) => {
  it('a new tenant is opened by one plan', async () => {
    const tenant = await testTenant({ edition });
    const before = await found(tenant);
    const plan = await planFix(before, { scopes, oidcConformant: false });
    expect(plan?.writes.map(({ method, subject }) => `${method} ${subject}`)).toEqual([
      'PATCH application web',
      'PATCH API shop',
      ...(edition === 'ea' ? ['POST guest grant of web at shop'] : []),
    ]);
    if (plan) await applyPlan(before.tenant, plan);
    expect(await found(tenant)).toMatchObject({ ok: true, scopes });
  });

  it('an open tenant is left alone, also with warnings', async () => {
    const settings =
      edition === 'ea' ? { sessions: { anonymous: { lifetime_in_minutes: 1 } } } : { anonymous_session_lifetime: 0 };
    const tenant = await openTenant({ edition, settings });
    const plan = await planFix(await found(tenant), { scopes: [], oidcConformant: false });
    expect(plan?.writes).toEqual([]);
  });

  it('scopes that were not given are not granted', async () => {
    const before = await found(await testTenant({ edition }));
    expect(await failureOf(() => planFix(before, { scopes: [], oidcConformant: false }))).toMatchObject({
      code: 'usage',
      message: "No scopes given for API 'shop'.",
      hint: 'Choose from: read:catalog, write:cart, read:orders, write:orders (--scopes read:catalog)',
    });
  });

  it('the command for it asks for what is missing', async () => {
    const before = await found(await testTenant({ edition }));
    expect(fixCommand(before, request)).toBe('anon-cli doctor --fix --scopes read:catalog');
    const wanted = { ...request, app: { named: 'web', chosen: undefined }, wanted: ['write:cart', 'read:orders'] };
    expect(fixCommand(before, wanted)).toBe('anon-cli doctor --app web --fix --scopes write:cart,read:orders');
    expect(fixCommand(await found(await openTenant({ edition })), request)).toBeUndefined();
  });
});

it('an application is made OIDC-conformant only if asked', async () => {
  const tenant = await openTenant({ edition: 'ea', app: { oidc_conformant: false } });
  const before = await found(tenant);
  expect(await failureOf(() => planFix(before, { scopes: [], oidcConformant: false }))).toMatchObject({
    code: 'failed',
    hint: expect.stringContaining('--oidc-conformant'),
  });
  expect(fixCommand(before, request)).toBe('anon-cli doctor --fix --oidc-conformant');
  const plan = await planFix(before, { scopes: [], oidcConformant: true });
  expect(plan?.writes.map(({ body }) => body)).toEqual([{ oidc_conformant: true }]);
});

it('an API that lost its policy gets it back, and the grants stay', async () => {
  const policies = { client: { policy: 'require_client_grant' }, user: { policy: 'deny_all' } };
  const tenant = await openTenant({ edition: 'ea', api: { subject_type_authorization: policies } });
  const before = await found(tenant);
  const plan = await planFix(before, { scopes: [], oidcConformant: false });
  expect(plan?.writes).toHaveLength(1);
  if (plan) await applyPlan(before.tenant, plan);
  expect(await tenant.store.get('resource_server', tenant.api.id)).toMatchObject({
    subject_type_authorization: { ...policies, anonymous_user: { policy: 'require_client_grant' } },
  });
});

it('without a known application there is no plan', async () => {
  const nobody = { named: 'nobody', chosen: undefined };
  const before = await found(await openTenant(), { app: nobody });
  expect(await planFix(before, { scopes, oidcConformant: false })).toBeUndefined();
});
