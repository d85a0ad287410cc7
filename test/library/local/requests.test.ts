import { describe, expect, it } from 'vitest';
import { recorder } from '../../../src/library/local/requests.ts';
import { startLocalTenant } from '../../../src/library/local/start.ts';
import { failureOf, noon } from '../../support/domain.ts';

const served = (path: string, status = 200) => ({ method: 'GET', path, status });

describe('the requests of a local tenant', () => {
  it('are recorded with what the tenant found out, but for those of its own functions', async () => {
    const tenant = await startLocalTenant({ listen: false, clock: { now: new Date(noon), frozen: true } });
    await tenant.createGuest();
    await tenant.createUser({ email: 'jane@example.com' });
    expect(tenant.requests.all()).toEqual([]);

    const body = JSON.stringify({ client_id: tenant.clientId, audience: tenant.audience, metadata: { a: 'secret' } });
    const headers = { 'content-type': 'application/json' };
    const next = tenant.requests.next({ path: '/anonymous/token', app: 'web' });
    await tenant.fetch('/.well-known/jwks.json');
    await tenant.fetch('/anonymous/token', { method: 'POST', headers, body });
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

  it('fails in words after the time, and is silent where nobody awaits it', async () => {
    const { requests, end } = recorder(now);
    void requests.next({ path: '/never' }, { timeoutMs: 1 });
    const failure = await failureOf(() => requests.next({ path: '/a', status: 200 }, { timeoutMs: 2 }));
    expect(failure).toMatchObject({
      code: 'failed',
      message: 'The local tenant answered no request with path /a, status 200 within 2 ms.',
    });
    end();
    expect(await failureOf(() => requests.next())).toMatchObject({ message: 'The local tenant was stopped.' });
  });

  it('waits as long as it takes with a timeout of Infinity', async () => {
    const { add, requests } = recorder(now);
    const waiting = requests.next({}, { timeoutMs: Number.POSITIVE_INFINITY });
    await new Promise((resolve) => setTimeout(resolve, 5));
    add(served('/late'));
    expect(await waiting).toMatchObject({ path: '/late' });
  });
});
