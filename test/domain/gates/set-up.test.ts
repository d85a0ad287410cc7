import { describe, expect, it } from 'vitest';
import { apiWithGrants, guestScopes } from '../../../src/domain/api/guest-grants.ts';
import { listApis } from '../../../src/domain/api/read.ts';
import { newClientId } from '../../../src/domain/app/lifecycle.ts';
import { listApps } from '../../../src/domain/app/read.ts';
import { explainRefusal } from '../../../src/domain/gates/explain-refusal.ts';
import { type DesiredSetUp, planSetUp } from '../../../src/domain/gates/set-up.ts';
import { applyPlan } from '../../../src/domain/plan/apply.ts';
import { unsent } from '../../../src/domain/plan/plan.ts';
import { createSession } from '../../../src/domain/session/token-request.ts';
import { connectionTo, failureOf, type TestConnection } from '../../support/domain.ts';
import { openTenant, type TestTenant, testTenant } from '../../support/local.ts';

const editions = ['preview', 'ea'] as const;
const writes = ({ sent }: TestConnection) => sent.filter((line) => /^(PATCH|POST|DELETE) \/api/.test(line));

/** The application and the API that are there. */
async function known(connection: TestConnection) {
  const [[app], [api]] = [await listApps(connection), await listApis(connection)];
  if (!app || !api) throw new Error('the seed has an application and an API');
  return { app, api: await apiWithGrants(connection, api) };
}

function wish(parts: Pick<DesiredSetUp, 'app' | 'api'> & Partial<DesiredSetUp>): DesiredSetUp {
  return { settings: {}, oidcConformant: false, scopes: ['read:catalog'], ...parts };
}

const fresh = {
  app: { name: 'mobile', type: 'native' },
  api: { name: 'news', audience: 'https://news.example', scopes: ['read:news', 'write:news'] },
} as const;

/** A guest of what was set up gets a token; its scopes. */
async function guestScope(connection: TestConnection, { app, api }: Pick<DesiredSetUp, 'app' | 'api'>) {
  if (!('clientId' in app)) throw new Error('the application is not there');
  const request = { app, api, scope: undefined, metadata: undefined, userId: undefined };
  return (await createSession(connection, request, explainRefusal)).scope;
}

describe.each(editions)('set up in edition %s', (edition) => {
  async function connected(open: (doors: { edition: typeof edition }) => Promise<TestTenant> = testTenant) {
    const tenant = await open({ edition });
    return { tenant, connection: connectionTo(tenant) };
  }

  it('opens all gates of a new tenant, and a guest gets a token', async () => {
    const { connection } = await connected();
    const plan = await planSetUp(connection, wish(await known(connection)));
    expect(writes(connection)).toEqual([]);
    const done = await applyPlan(connection, plan);
    expect(done).toMatchObject({
      tenant: { edition },
      app: { name: 'web', enabled: true },
      api: { name: 'shop', guests: { enabled: true } },
    });
    expect(guestScopes(done.api, done.app.clientId)).toEqual(['read:catalog']);
    expect(await guestScope(connection, done)).toBe('read:catalog');
  });

  it('writes nothing without changes', async () => {
    const { connection } = await connected(openTenant);
    const settings = { lifetimeSeconds: 2_592_000, tokenFormat: 'jwe' } as const;
    const plan = await planSetUp(connection, wish({ ...(await known(connection)), settings }));
    expect(plan.writes).toEqual([]);
    expect(plan.outcome(unsent)).toMatchObject({ app: { enabled: true }, api: { guests: { enabled: true } } });
  });

  it('does only what is missing, and removes nothing', async () => {
    const { connection } = await connected(openTenant);
    const plan = await planSetUp(connection, wish({ ...(await known(connection)), scopes: ['read:orders'] }));
    expect(plan.writes).toHaveLength(1);
    const done = await applyPlan(connection, plan);
    expect(guestScopes(done.api, done.app.clientId)).toEqual(['read:catalog', 'write:cart', 'read:orders']);
  });

  it('changes the requested settings first', async () => {
    const { connection } = await connected(openTenant);
    const settings = { lifetimeSeconds: 7_776_000 };
    const plan = await planSetUp(connection, wish({ ...(await known(connection)), settings }));
    expect(plan.writes.map(({ subject }) => subject)).toEqual(['tenant settings']);
    expect((await applyPlan(connection, plan)).tenant.lifetimeSeconds).toBe(7_776_000);
  });

  it('creates an application and an API, open from the start', async () => {
    const { tenant, connection } = await connected();
    const plan = await planSetUp(connection, wish({ ...fresh, scopes: ['read:news'] }));
    expect(plan.outcome(unsent)).toMatchObject({ app: { clientId: newClientId, name: 'mobile', enabled: true } });
    const done = await applyPlan(connection, plan);
    expect(done).toMatchObject({
      app: { name: 'mobile', type: 'native', authMethod: 'none', enabled: true },
      api: { audience: 'https://news.example', guests: { enabled: true } },
    });
    expect(done.app.clientId).toMatch(/^\w{32}$/);
    expect(writes(connection).every((line) => line.startsWith('POST '))).toBe(true);
    expect(guestScopes(done.api, done.app.clientId)).toEqual(['read:news']);
    expect(await guestScope(connection, done)).toBe('read:news');
    expect(JSON.stringify(tenant.store.list('client_grant'))).not.toContain(newClientId);
  });

  it('reports what was written if a later write is refused, and the next run does the rest', async () => {
    const { tenant, connection } = await connected();
    const plan = await planSetUp(connection, wish({ ...fresh, scopes: ['read:news'] }));
    const refusing: TestConnection = {
      ...connection,
      fetch: async (url, request) =>
        request.method === 'POST' && url.endsWith('/api/v2/resource-servers')
          ? new Response(JSON.stringify({ statusCode: 400, error: 'Bad Request', message: 'Not today.' }), {
              status: 400,
            })
          : connection.fetch(url, request),
    };
    expect(await failureOf(() => applyPlan(refusing, plan))).toMatchObject({
      message: 'The tenant refused: Not today. (400).',
      hint: 'Already applied: application mobile. Run the command again to apply the rest.',
    });
    const app = (await listApps(connection)).find(({ name }) => name === 'mobile');
    const again = await planSetUp(connection, wish({ ...fresh, ...(app && { app }), scopes: ['read:news'] }));
    expect(again.writes.map(({ subject }) => subject)).not.toContain('application mobile');
    const done = await applyPlan(connection, again);
    expect(await guestScope(connection, done)).toBe('read:news');
    expect(tenant.store.list('client').filter(({ name }) => name === 'mobile')).toHaveLength(1);
  });
});

describe('an application that is not OIDC-conformant, in edition ea', () => {
  async function nonconformant() {
    const tenant = await testTenant({ edition: 'ea' });
    tenant.change('client', tenant.app.client_id, { oidc_conformant: false });
    return connectionTo(tenant);
  }

  it('is refused before anything is sent', async () => {
    const connection = await nonconformant();
    const parts = await known(connection);
    expect(await failureOf(() => planSetUp(connection, wish(parts)))).toMatchObject({ code: 'failed' });
    expect(writes(connection)).toEqual([]);
  });

  it('is made conformant if asked', async () => {
    const connection = await nonconformant();
    const plan = await planSetUp(connection, wish({ ...(await known(connection)), oidcConformant: true }));
    expect((await applyPlan(connection, plan)).app).toMatchObject({ enabled: true, oidcConformant: true });
  });
});
