import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantSnapshot } from '../../../src/library/local/snapshot.ts';
import { startLocalTenant } from '../../../src/library/local/start.ts';
import type { LocalTenant } from '../../../src/library/local/tenant.ts';
import { failureOf } from '../../support/domain.ts';
import { anonymousToken, managementToken } from '../../support/library-tenant.ts';

let tenant: LocalTenant;
beforeAll(async () => {
  tenant = await startLocalTenant({ edition: 'ea', listen: false });
});
afterAll(() => tenant.stop());

async function userExists(email: string): Promise<boolean> {
  const authorization = `Bearer ${await managementToken(tenant)}`;
  const found = await tenant.fetch(`/api/v2/users-by-email?email=${email}`, { headers: { authorization } });
  return ((await found.json()) as object[]).length > 0;
}

describe('snapshots', () => {
  it.each([
    ['as it is', (snapshot: TenantSnapshot) => snapshot],
    ['after a way through JSON', (snapshot: TenantSnapshot) => JSON.parse(JSON.stringify(snapshot)) as TenantSnapshot],
  ])('bring back users, keys and the time: %s', async (_, carried) => {
    const { sessionToken: session_token } = await tenant.createGuest();
    await tenant.clock.freeze('2030-01-01');
    const snapshot = carried(tenant.snapshot());
    const { email } = await tenant.createUser({ email: 'jane@example.com' });
    await tenant.clock.advance('40d');
    expect(await userExists(email)).toBe(true);

    await tenant.restore(snapshot);
    expect(await userExists(email)).toBe(false);
    expect(tenant.clock.now()).toEqual(new Date('2030-01-01'));
    await tenant.clock.reset();
    expect((await anonymousToken(tenant, { session_token })).status).toBe(200);
  });

  it('can be restored again and again, whatever happened since', async () => {
    const snapshot = tenant.snapshot();
    for (const turn of [1, 2, 3]) {
      await tenant.createUser({ email: 'joe@example.com', id: `joe${turn}` });
      await tenant.restore(snapshot);
    }
    expect(tenant.snapshot()).toEqual(snapshot);
  });

  it('do not change with the tenant, nor the tenant with them', async () => {
    const snapshot = tenant.snapshot();
    const text = JSON.stringify(snapshot);
    await tenant.createUser({ email: 'ann@example.com' });
    expect(JSON.stringify(snapshot)).toBe(text);
    await tenant.restore(snapshot);
    for (const { document } of (snapshot.state as { documents: { document: Record<string, unknown> }[] }).documents) {
      document.friendly_name = 'changed';
    }
    expect(JSON.stringify(tenant.snapshot())).toBe(text);
  });

  it('of another tenant, and anything else, are refused', async () => {
    const other = await startLocalTenant({ listen: false });
    const wrong = [other.snapshot(), {}, undefined, { format: 'anon-cli snapshot', version: 2 }];
    for (const snapshot of wrong) {
      expect(await failureOf(() => tenant.restore(snapshot as TenantSnapshot))).toMatchObject({ code: 'usage' });
    }
    await other.stop();
  });
});
