import { describe, expect, it, onTestFinished } from 'vitest';
import { startLocalTenant } from '../../../src/library/local/start.ts';
import { failureOf } from '../../support/domain.ts';
import { anonymousToken } from '../../support/library-tenant.ts';

async function started(listen = false) {
  const tenant = await startLocalTenant({ listen });
  onTestFinished(() => tenant.stop());
  return tenant;
}

const route = '/anonymous/token';

describe('the faults of a local tenant', () => {
  it('answer requests of tests, but not those of its own functions', async () => {
    const tenant = await started();
    const flaky = { kind: 'status', status: 503, name: 'flaky', route, count: 1 } as const;
    expect(await tenant.faults.add(flaky)).toBe('flaky');
    expect(await tenant.createGuest()).toHaveProperty('accessToken');
    expect((await anonymousToken(tenant)).status).toBe(503);
    expect((await anonymousToken(tenant)).status).toBe(200);
    expect(await tenant.faults.list()).toEqual([{ name: 'flaky', hit: 1 }]);
    expect(tenant.requests.all().map(({ fault, status }) => [fault, status])).toEqual([
      ['flaky', 503],
      [undefined, 200],
    ]);
    await tenant.faults.remove('flaky');
    expect(await failureOf(() => tenant.faults.remove('flaky'))).toMatchObject({ code: 'not_found' });
  });

  it.each([true, false])('break its fetch and sockets in the same way: listening %s', async (listen) => {
    const tenant = await started(listen);
    const fetch = listen ? globalThis.fetch : tenant.fetch;
    const ask = (init?: RequestInit) => fetch(`${tenant.url}/.well-known/jwks.json`, init);
    await tenant.faults.add({ kind: 'reset', count: 1 });
    await expect(ask()).rejects.toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } });
    await tenant.faults.clear();
    await tenant.faults.add({ kind: 'truncate' });
    const response = await ask();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toMatchObject({ message: 'terminated', cause: { code: 'UND_ERR_SOCKET' } });
    await tenant.faults.clear();
    await tenant.faults.add({ kind: 'latency', latencyMs: 20 });
    expect((await ask()).status).toBe(200);
    await tenant.faults.add({ kind: 'drop' });
    await expect(ask({ signal: AbortSignal.timeout(100) })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it.each([true, false])('end with the tenant, so that no request waits forever: listening %s', async (listen) => {
    const tenant = await started(listen);
    const fetch = listen ? globalThis.fetch : tenant.fetch;
    await tenant.faults.add({ kind: 'drop' });
    const dropped = fetch(`${tenant.url}/.well-known/jwks.json`).catch(({ message }: Error) => message);
    await tenant.requests.next();
    await tenant.stop();
    expect(await dropped).toBe('fetch failed');
  });

  it('may be a limit', async () => {
    const tenant = await started();
    await tenant.faults.limit({ requests: 1, periodSeconds: 60, route });
    expect([(await anonymousToken(tenant)).status, (await anonymousToken(tenant)).status]).toEqual([200, 429]);
    await tenant.faults.limit({ requests: 0, periodSeconds: 60, route });
    expect((await anonymousToken(tenant)).status).toBe(200);
  });

  it('are refused where they can hit nothing', async () => {
    const { faults } = await started();
    expect(await failureOf(() => faults.add({ kind: 'drop', route: '/anonymous/tokn' }))).toMatchObject({
      code: 'usage',
      hint: 'Did you mean /anonymous/token?',
    });
    for (const [wrong, message] of [
      [{ kind: 'status', status: 99 }, 'status must be a whole number from 200 to 599.'],
      [{ kind: 'fire' }, 'kind must be one of status, latency, reset, truncate, drop.'],
      [{ kind: 'latency', latencyMs: 0 }, 'latencyMs must be a whole number from 1 to 3600000.'],
      [{ kind: 'drop', cuont: 1 }, "faults.add does not take 'cuont'."],
      [{ kind: 'drop', count: 0 }, 'count must be a whole number from 1 to 1000000000.'],
    ] as const) {
      const given = wrong as unknown as Parameters<typeof faults.add>[0];
      expect(await failureOf(() => faults.add(given))).toMatchObject({ code: 'usage', message });
    }
    expect(await failureOf(() => faults.limit({ requests: -1, periodSeconds: 60 }))).toMatchObject({ code: 'usage' });
    expect(await failureOf(() => faults.limit({ requests: 1, periodSeconds: 0 }))).toMatchObject({
      message: 'periodSeconds must be a whole number from 1 to 3600.',
    });
    await faults.add({ kind: 'drop', name: 'same' });
    expect(await failureOf(() => faults.add({ kind: 'drop', name: 'same' }))).toMatchObject({ code: 'usage' });
  });
});
