import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { recorder } from '../../../src/library/local/requests.ts';
import { startLocalTenant } from '../../../src/library/local/start.ts';
import { failureOf, noon } from '../../support/domain.ts';
import { anonymousToken } from '../../support/library-tenant.ts';

const served = (path: string, status = 200) => ({ method: 'GET', path, status });

describe('the requests of a local tenant', () => {
  it('are recorded with what the tenant found out, but for those of its own functions', async () => {
    const tenant = await startLocalTenant({ listen: false, clock: { now: new Date(noon), frozen: true } });
    await tenant.createGuest();
    await tenant.createUser({ email: 'jane@example.com' });
    expect(tenant.requests.all()).toEqual([]);

    const next = tenant.requests.next({ path: '/anonymous/token', app: 'web' });
    await tenant.fetch('/.well-known/jwks.json');
    await anonymousToken(tenant, { metadata: { a: 'secret' } });
    const request = await next;
    expect(request).toMatchObject({
      ...{ method: 'POST', path: '/anonymous/token', status: 200, at: new Date(noon), app: 'web' },
      ...{ clientId: tenant.clientId, audience: tenant.audience, session: 'created', actions: [] },
    });
    expect(JSON.stringify(request)).not.toContain('secret');
    expect(tenant.requests.all().map(({ path }) => path)).toEqual(['/.well-known/jwks.json', '/anonymous/token']);
    expect(tenant.requests.all({ app: tenant.clientId })).toEqual([request]);
    tenant.requests.clear();
    expect(tenant.requests.all()).toEqual([]);
    await tenant.stop();
  });
});

describe('recorder', () => {
  const now = () => new Date(noon);

  it('holds the last 10,000', () => {
    const { add, requests } = recorder(now);
    for (let index = 0; index < 30_500; index += 1) add(served(`/${index}`));
    const all = requests.all();
    expect([all.length, all[0]?.path, all.at(-1)?.path]).toEqual([10_000, '/20500', '/30499']);
  });

  it('gives each who waits the next that matches, and none from before', async () => {
    const { add, requests } = recorder(now);
    add(served('/a', 500));
    const [any, failing, other] = [
      requests.next(),
      requests.next({ path: '/a', status: 500 }),
      requests.next({ path: '/b' }),
    ];
    for (const [path, status] of [
      ['/a', 200],
      ['/b', 200],
      ['/a', 500],
    ] as const)
      add(served(path, status));
    expect([await any, await failing, await other].map(({ path, status }) => `${path} ${status}`)).toEqual([
      '/a 200',
      '/a 500',
      '/b 200',
    ]);
  });

  it('fails in words after the time, and when the tenant is stopped', async () => {
    const time = timers();
    const { requests, end } = recorder(now);
    void requests.next({ path: '/never' });
    const short = failureOf(() => requests.next({ path: '/a', status: 200 }, { timeoutMs: 20 }));
    const long = failureOf(() => requests.next());
    time.pass(20);
    expect(await short).toMatchObject({
      code: 'failed',
      message: 'The local tenant answered no request with path /a, status 200 within 20 ms.',
    });
    time.pass(4980);
    expect(await long).toMatchObject({ message: 'The local tenant answered no request within 5000 ms.' });
    const waiting = failureOf(() => requests.next());
    end();
    for (const failure of [await waiting, await failureOf(() => requests.next())]) {
      expect(failure).toMatchObject({ code: 'failed', message: 'The local tenant was stopped.' });
    }
  });

  it('waits as long as it takes with a timeout of Infinity', async () => {
    const time = timers();
    const { add, requests } = recorder(now);
    const waiting = requests.next({}, { timeoutMs: Number.POSITIVE_INFINITY });
    time.pass(86_400_000);
    add(served('/late'));
    expect(await waiting).toMatchObject({ path: '/late' });
  });
});

/** Timers that the test moves. */
function timers() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  return { pass: (ms: number) => vi.advanceTimersByTime(ms) };
}
