import { describe, expect, it } from 'vitest';
import { findApp } from '../../../src/domain/app/find.ts';
import { planAppAccess } from '../../../src/domain/app/set-access.ts';
import { applyPlan } from '../../../src/domain/plan/apply.ts';
import { connectionTo, failureOf } from '../../support/domain.ts';
import { testTenant } from '../../support/local.ts';

async function webApp(members: object) {
  const tenant = await testTenant({ edition: 'ea' });
  await tenant.change('client', tenant.app.client_id, { ...members });
  const connection = connectionTo(tenant);
  return { tenant, connection, web: await findApp(connection, 'web') };
}

describe('in edition ea an application', () => {
  it('that is OIDC-conformant is enabled and disabled, and nothing else changes', async () => {
    const { connection, web } = await webApp({ oidc_conformant: true });
    const opening = await planAppAccess(connection, web, { enabled: true });
    expect(opening.writes).toMatchObject([{ body: { anonymous_sessions: { active: true } } }]);
    const open = await applyPlan(connection, opening);
    const closing = await planAppAccess(connection, open, { enabled: false });
    expect(closing.writes[0]?.body).toEqual({ anonymous_sessions: { active: false } });
    expect((await applyPlan(connection, closing)).enabled).toBe(false);
  });

  it('that is not is refused with the reason and the command that sets both', async () => {
    const { connection, web } = await webApp({ oidc_conformant: false });
    const before = connection.sent.length;
    expect(await failureOf(() => planAppAccess(connection, web, { enabled: true }))).toMatchObject({
      code: 'failed',
      message: "Application 'web' is not OIDC-conformant, which guest sessions require.",
      hint: expect.stringMatching(/ anon-cli app enable web --oidc-conformant$/),
    });
    expect(connection.sent).toHaveLength(before);
  });

  it('is made both in one request if asked', async () => {
    const { tenant, connection, web } = await webApp({ oidc_conformant: false });
    const plan = await planAppAccess(connection, web, { enabled: true, oidcConformant: true });
    expect(plan.writes.map(({ body }) => body)).toEqual([
      { oidc_conformant: true, anonymous_sessions: { active: true } },
    ]);
    expect(await applyPlan(connection, plan)).toMatchObject({ enabled: true, oidcConformant: true });
    expect(await tenant.store.get('client', web.clientId)).toMatchObject({ oidc_conformant: true, name: 'web' });
  });

  it('that is neither can still be disabled', async () => {
    const { connection, web } = await webApp({ oidc_conformant: false });
    expect((await planAppAccess(connection, web, { enabled: false })).writes).toEqual([]);
  });
});

it('what looks like a client id is requested alone first, then the list', async () => {
  const { connection, web } = await webApp({});
  expect(await findApp(connection, web.clientId)).toMatchObject({ name: 'web' });
  expect(connection.sent.at(-1)).toBe(`GET /api/v2/clients/${web.clientId}`);
  const stranger = 'a'.repeat(32);
  expect(await failureOf(() => findApp(connection, stranger))).toMatchObject({ code: 'not_found' });
});
