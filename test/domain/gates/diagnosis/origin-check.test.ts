import { describe, expect, it } from 'vitest';
import type { Fetch } from '../../../../src/domain/exchange/http.ts';
import { type Diagnosis, diagnose } from '../../../../src/domain/gates/diagnosis/diagnose.ts';
import type { DiagnosisRequest } from '../../../../src/domain/gates/diagnosis/management-checks.ts';
import { fixCommand, planFix } from '../../../../src/domain/gates/fix.ts';
import { applyPlan } from '../../../../src/domain/plan/apply.ts';
import { UnreachableError } from '../../../../src/errors.ts';
import { connectionTo } from '../../../support/domain.ts';
import { openTenant, type TestTenant, testTenant } from '../../../support/local.ts';

const origin = 'http://localhost:3000';
const request: DiagnosisRequest = {
  app: { named: undefined, chosen: undefined },
  api: { named: undefined, chosen: undefined },
  wanted: [],
  origin,
  forcedEdition: undefined,
  probe: undefined,
};
const noUrls = { web_origins: [], allowed_origins: [], callbacks: [] };

const permission = {
  'access-control-allow-origin': origin,
  'access-control-allow-credentials': 'true',
  'access-control-allow-headers': 'content-type, auth0-client',
};
const permitted = () => new Response(null, { status: 204, headers: permission });
const refused = () => new Response(null, { status: 204 });
const silent = () => {
  throw new UnreachableError('The tenant did not answer.', { sent: true, broken: false }, { hint: 'Try again.' });
};

/** A tenant whose application has these members, and that answers each preflight with `preflight`. */
function connectionWith(tenant: TestTenant, preflight: () => Response, doors: Parameters<typeof connectionTo>[1] = {}) {
  const fetch: Fetch = async (url, sent) =>
    sent.method === 'OPTIONS' ? preflight() : tenant.handle(new Request(url, { ...sent, body: sent.body ?? null }));
  return connectionTo(tenant, { fetch, ...doors });
}

async function tenantWith(edition: 'preview' | 'ea', members: object, make = openTenant): Promise<TestTenant> {
  const tenant = await make({ edition });
  await tenant.change('client', tenant.app.client_id, { ...noUrls, ...members });
  return tenant;
}

function originCheck({ checks }: Diagnosis) {
  const { error, ...shown } = checks.find(({ check }) => check === 'origin') ?? { check: 'missing' };
  return shown;
}

const add = `anon-cli app origins add web ${origin}`;

describe.each(['preview', 'ea'] as const)('pages, in edition %s', (edition) => {
  it('get guests where the settings and the answer to a preflight agree', async () => {
    const tenant = await tenantWith(edition, { web_origins: [origin] });
    const connection = connectionWith(tenant, permitted);
    const diagnosis = await diagnose(connection, request);
    expect(originCheck(diagnosis)).toEqual({
      check: 'origin',
      state: 'open',
      finding: `web allows pages on ${origin} (web_origins), and a browser gets the answers that it needs`,
    });
    expect(diagnosis).toMatchObject({
      ok: true,
      verdict: `A guest of web can get a token for shop, on pages of ${origin} too: read:catalog write:cart`,
      failure: undefined,
    });
    expect(connection.sent.filter((line) => !line.startsWith('GET '))).toEqual([
      'POST /oauth/token',
      'OPTIONS /anonymous/token',
    ]);
  });

  it.each([
    [{ allowed_origins: ['http://localhost:3000/'] }, 'allowed_origins'],
    [{ callbacks: ['http://localhost:3000/cb'], web_origins: [origin] }, 'web_origins, callbacks'],
    [{ web_origins: ['http://localhost:*'] }, 'web_origins: http://localhost:*'],
  ])('are allowed by %j', async (members, from) => {
    const connection = connectionWith(await tenantWith(edition, members), permitted);
    expect(originCheck(await diagnose(connection, request))).toMatchObject({
      state: 'open',
      finding: expect.stringContaining(`(${from})`),
    });
  });

  it('get none where neither allows them, and the fix adds the origin', async () => {
    const tenant = await tenantWith(edition, { callbacks: ['http://localhost:4000/cb'] });
    const diagnosis = await diagnose(connectionWith(tenant, refused), request);
    const finding = `web does not allow pages on ${origin}; the answer to a preflight lacks access-control-allow-origin`;
    expect(originCheck(diagnosis)).toEqual({ check: 'origin', state: 'closed', finding, fix: add });
    expect(diagnosis).toMatchObject({
      ok: false,
      verdict: `A page on ${origin} cannot get a guest of web: ${finding}`,
      failure: { code: 'gate_closed' },
    });
    expect(fixCommand(diagnosis, request)).toBe(`anon-cli doctor --origin ${origin} --fix`);
    const plan = await planFix(diagnosis, { scopes: [], oidcConformant: false, origin });
    expect(plan?.writes.map(({ body }) => body)).toEqual([{ web_origins: [origin] }]);
    if (plan) await applyPlan(diagnosis.tenant, plan);
    expect(await diagnose(connectionWith(tenant, permitted), request)).toMatchObject({ ok: true });
  });

  it('get none where the tenant refuses them in spite of the settings', async () => {
    const connection = connectionWith(await tenantWith(edition, { web_origins: [origin] }), refused);
    const diagnosis = await diagnose(connection, request);
    expect(originCheck(diagnosis)).toEqual({
      check: 'origin',
      state: 'closed',
      finding: `web allows pages on ${origin} (web_origins), but the answer to a preflight lacks access-control-allow-origin`,
      advice: expect.stringContaining(edition === 'ea' ? 'some seconds' : 'Edition preview documents no calls'),
    });
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'gate_closed' } });
    expect(fixCommand(diagnosis, request)).toBeUndefined();
  });

  it('are unknown without an answer, unless the settings keep them out', async () => {
    const allowed = connectionWith(await tenantWith(edition, { web_origins: [origin] }), silent);
    const diagnosis = await diagnose(allowed, request);
    expect(originCheck(diagnosis)).toEqual({
      check: 'origin',
      state: 'unknown',
      finding: `web allows pages on ${origin} (web_origins), but the tenant did not answer`,
      advice: 'Try again.',
    });
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'tenant_unreachable' } });
    const kept = connectionWith(await tenantWith(edition, {}), silent);
    expect(originCheck(await diagnose(kept, request))).toMatchObject({ state: 'closed', fix: add });
  });

  it('are unknown where the settings are, unless a preflight is refused', async () => {
    const tenant = await tenantWith(edition, { web_origins: [origin] });
    const stranger = { ...request, app: { named: 'nobody', chosen: undefined } };
    expect(originCheck(await diagnose(connectionWith(tenant, permitted), stranger))).toEqual({
      check: 'origin',
      state: 'unknown',
      finding: `the settings of the application are unknown; a preflight for ${origin} is answered`,
    });
    expect(originCheck(await diagnose(connectionWith(tenant, refused), stranger))).toEqual({
      check: 'origin',
      state: 'closed',
      finding: `pages on ${origin} get no guests: the answer to a preflight lacks access-control-allow-origin`,
      advice: `Allow the origin: anon-cli app origins add <app> ${origin}`,
    });
    expect(originCheck(await diagnose(connectionWith(tenant, silent), stranger))).toMatchObject({ state: 'unknown' });
  });

  it('are checked without credentials for the Management API too', async () => {
    const connection = connectionWith(await tenantWith(edition, {}), refused, { management: undefined });
    expect(originCheck(await diagnose(connection, request))).toMatchObject({ state: 'closed' });
  });

  it('are unknown where only the service knows what a placeholder stands for', async () => {
    const members = { web_origins: ['https://{custom_domain.metadata.public_app}.example.com'] };
    const tenant = await tenantWith(edition, members);
    const diagnosis = await diagnose(connectionWith(tenant, permitted), request);
    expect(originCheck(diagnosis)).toEqual({
      check: 'origin',
      state: 'unknown',
      finding: `web may allow pages on ${origin} by a placeholder for custom domains`,
    });
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'failed' } });
    expect(originCheck(await diagnose(connectionWith(tenant, refused), request))).toMatchObject({ state: 'closed' });
    expect(originCheck(await diagnose(connectionWith(tenant, silent), request))).toMatchObject({ state: 'unknown' });
  });

  it('are one more gate of a tenant that is closed, and one plan opens all', async () => {
    const tenant = await tenantWith(edition, {}, testTenant);
    const diagnosis = await diagnose(connectionWith(tenant, refused), request);
    expect(diagnosis.verdict).toBe(
      'A guest of web cannot get a token for shop: web may not create guest sessions; 3 more gates are closed',
    );
    expect(fixCommand(diagnosis, request)).toBe(`anon-cli doctor --origin ${origin} --fix --scopes read:catalog`);
    const plan = await planFix(diagnosis, { scopes: ['read:catalog'], oidcConformant: false, origin });
    if (plan) await applyPlan(diagnosis.tenant, plan);
    expect(await diagnose(connectionWith(tenant, permitted), request)).toMatchObject({ ok: true });
  });

  it('decide beside a probe, which is no page', async () => {
    const probing = { ...request, probe: { clientSecret: undefined } };
    const diagnosis = await diagnose(connectionWith(await tenantWith(edition, {}), refused), probing);
    expect(diagnosis.checks.find(({ check }) => check === 'probe')).toMatchObject({ state: 'open' });
    expect(diagnosis).toMatchObject({
      ok: false,
      verdict: expect.stringMatching(/^A page on http:\/\/localhost:3000 cannot get a guest of web: /),
      failure: { code: 'gate_closed' },
    });
    const open = await diagnose(
      connectionWith(await tenantWith(edition, { web_origins: [origin] }), permitted),
      probing,
    );
    expect(open).toMatchObject({ ok: true });
  });
});

describe('an answered preflight for an origin that the application does not allow', () => {
  it('is for another application in edition ea', async () => {
    const diagnosis = await diagnose(connectionWith(await tenantWith('ea', {}), permitted), request);
    expect(originCheck(diagnosis)).toEqual({
      check: 'origin',
      state: 'closed',
      finding: `web does not allow pages on ${origin}; a preflight, which names no application, is answered`,
      fix: add,
    });
  });

  it('leaves it unknown in edition preview, which does not document whose origins count', async () => {
    const diagnosis = await diagnose(connectionWith(await tenantWith('preview', {}), permitted), request);
    expect(originCheck(diagnosis)).toMatchObject({
      state: 'unknown',
      finding: expect.stringContaining('edition preview does not document whose origins count'),
      fix: add,
    });
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'failed' } });
    expect(fixCommand(diagnosis, request)).toBe(`anon-cli doctor --origin ${origin} --fix`);
    const plan = await planFix(diagnosis, { scopes: [], oidcConformant: false, origin });
    expect(plan?.writes.map(({ body }) => body)).toEqual([{ web_origins: [origin] }]);
  });
});

describe('without an origin', () => {
  it.each(['spa', 'regular_web'])(
    'the check is skipped for an application of type %s, with the option',
    async (type) => {
      const connection = connectionWith(await tenantWith('ea', { app_type: type }), permitted);
      expect(originCheck(await diagnose(connection, { ...request, origin: undefined }))).toEqual({
        check: 'origin',
        state: 'skipped',
        finding: 'to check whether pages get guests: --origin http://localhost:3000',
      });
      expect(connection.sent).not.toContain('OPTIONS /anonymous/token');
    },
  );

  it.each(['native', 'non_interactive'])('no page concerns an application of type %s', async (type) => {
    const connection = connectionWith(await tenantWith('ea', { app_type: type }), permitted);
    expect(originCheck(await diagnose(connection, { ...request, origin: undefined }))).toEqual({ check: 'missing' });
  });
});

it('the local tenant itself is checked as any other, in edition ea', async () => {
  const tenant = await tenantWith('ea', { web_origins: [origin] });
  expect(originCheck(await diagnose(connectionTo(tenant), request))).toMatchObject({ state: 'open' });
  await tenant.change('client', tenant.app.client_id, { web_origins: [] });
  expect(originCheck(await diagnose(connectionTo(tenant), request))).toMatchObject({
    state: 'closed',
    finding: `web does not allow pages on ${origin}; the answer to a preflight lacks access-control-allow-origin`,
  });
});

it('an unreachable tenant is not asked', async () => {
  const connection = connectionTo(await openTenant({ edition: 'ea' }), { fetch: async () => silent() });
  expect(originCheck(await diagnose(connection, request))).toMatchObject({
    state: 'skipped',
    finding: 'the tenant is unreachable',
  });
});
