import { describe, expect, it } from 'vitest';
import { applySteps, type Progress } from '../../../src/domain/config/apply.ts';
import type { Config } from '../../../src/domain/config/config.ts';
import { planConfig } from '../../../src/domain/config/plan.ts';
import { readSnapshot } from '../../../src/domain/config/read-tenant.ts';
import type { TenantConnection } from '../../../src/domain/exchange/connection.ts';
import { isAnonError, UnreachableError } from '../../../src/errors.ts';
import { configOf, configTenant, guestReach, savedState, setTo, shop, stock } from '../../support/config-tenant.ts';
import { connectionTo } from '../../support/domain.ts';

const lost = () => new UnreachableError('The connection broke.', { sent: true, broken: true });
const refusal = (status: number, headers = {}) => new Response('{"error":"no"}', { status, headers });

type Fetch = TenantConnection['fetch'];
type Fault = (pass: () => ReturnType<Fetch>) => ReturnType<Fetch>;

const cut: Readonly<Record<string, Fault>> = {
  'is cut before the tenant has the request': async () => {
    throw lost();
  },
  'is cut before the answer': async (pass) => {
    await pass();
    throw lost();
  },
};
const others: Readonly<Record<string, Fault>> = {
  'is answered with a 429': async () => refusal(429, { 'retry-after': '1' }),
  'is answered with a 503 that changed nothing': async () => refusal(503),
  'is answered with a 503 although it was done': async (pass) => {
    await pass();
    return refusal(503);
  },
  'is answered with half of the JSON': async (pass) => {
    const answer = await pass();
    return new Response((await answer.text()).slice(0, 40), { status: answer.status });
  },
};

/** The request number `nth`, from 0, meets the fault. */
function faulty(connection: TenantConnection, nth: number, fault: Fault) {
  let count = 0;
  const fetch: Fetch = (url, request) => {
    count += 1;
    const pass = () => connection.fetch(url, request);
    return count - 1 === nth ? fault(pass) : pass();
  };
  return { connection: { ...connection, fetch }, count: () => count };
}

/** What `config apply` does, once. */
async function apply(connection: TenantConnection, config: Config): Promise<Progress | undefined> {
  try {
    const snapshot = await readSnapshot(connection);
    const { plan } = planConfig(config, snapshot, { prune: true });
    return await applySteps(connection, snapshot.edition, plan.steps);
  } catch (error) {
    if (!isAnonError(error)) throw error;
    return undefined;
  }
}

const from = configOf({
  apps: { web: { enabled: true }, mobile: { enabled: false } },
  apis: {
    [shop]: { open: true, scopes: ['read:catalog', 'write:cart'] },
    [stock]: { open: false, scopes: ['read:stock'] },
  },
});
const to = configOf({
  tenant: { lifetimeSeconds: 7_776_000 },
  apps: { web: { enabled: false }, mobile: { enabled: true } },
  apis: {
    [shop]: { open: false, scopes: ['read:catalog', 'read:prices'] },
    [stock]: { open: true, scopes: ['write:stock'] },
  },
});

describe.each(['preview', 'ea'] as const)('edition %s', (edition) => {
  async function start() {
    const tenant = await configTenant(edition);
    await setTo(tenant, from, true);
    return { tenant, restore: await savedState(tenant) };
  }

  async function meets({ tenant, restore }: Awaited<ReturnType<typeof start>>, fault: Fault, nth: number) {
    await restore();
    const before = await guestReach(tenant);
    const seen = new Set<string>();
    const connection = connectionTo(tenant);
    const watched: Fetch = async (url, request) => {
      const answer = await connection.fetch(url, request);
      if (request.method !== 'GET') for (const one of await guestReach(tenant)) seen.add(one);
      return answer;
    };
    const line = faulty({ ...connection, fetch: watched }, nth, fault);
    await apply(line.connection, to);
    const again = await apply({ ...connection, fetch: watched }, to);
    expect(again?.failure).toBeUndefined();
    const after = await guestReach(tenant);
    expect([...seen].filter((one) => !before.has(one) && !after.has(one))).toEqual([]);
    expect((await apply(connection, to))?.done).toEqual([]);
    return line.count();
  }

  it.each(Object.entries(cut))(
    'goes on, whichever request %s',
    async (_, fault) => {
      const started = await start();
      for (let nth = 0, count = 1; nth < count; nth += 1) count = Math.max(count, await meets(started, fault, nth));
    },
    30_000,
  );

  it.each(Object.entries(others))('goes on when a write or its read %s', async (_, fault) => {
    const started = await start();
    for (const nth of [6, 7]) await meets(started, fault, nth);
  });
});
