import { describe, expect, it } from 'vitest';
import { limitsOf, removeLimits, setLimit } from '../../../src/local/faults/limit.ts';
import type { ServedRequest } from '../../../src/local/http/served-request.ts';
import { statusesOf, withFault } from '../../support/faults.ts';
import { type Answer, openTenant } from '../../support/local.ts';

const perMinute = { route: '/anonymous/token', requests: 2, period_seconds: 60 };

const limitHeaders = ({ headers }: Answer) =>
  ['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'].map((name) => headers.get(name));

describe('a limit', () => {
  it('lets some requests through at once and then one in a while, with the headers of the service', async () => {
    const log: ServedRequest[] = [];
    const tenant = await openTenant({ onServed: (served) => void log.push(served) });
    await setLimit(tenant.store, perMinute);
    const now = tenant.clock() / 1000;
    expect(limitHeaders(await tenant.anonymousToken())).toEqual([null, '2', '1', `${now}`]);
    expect(limitHeaders(await tenant.anonymousToken())).toEqual([null, '2', '0', `${now + 30}`]);
    const refused = await tenant.anonymousToken();
    expect([refused.status, refused.body]).toEqual([
      429,
      { error: 'too_many_requests', error_description: 'Global limit has been reached' },
    ]);
    expect(limitHeaders(refused)).toEqual(['30', '2', '0', `${now + 30}`]);
    expect(log.at(-1)).toMatchObject({ status: 429, error: 'too_many_requests' });
    tenant.clock.forward(30);
    expect(await statusesOf(tenant, 2)).toEqual([200, 429]);
  });

  it('is for its route, in the format of the endpoint', async () => {
    const tenant = await openTenant();
    await setLimit(tenant.store, { route: '/api/v2/*', requests: 1, period_seconds: 1 });
    const send = await tenant.management();
    const first = await send('GET', '/api/v2/clients');
    expect([first.status, first.headers.get('x-ratelimit-limit')]).toEqual([200, '1']);
    const { status, body } = await send('GET', '/api/v2/users');
    expect([status, body.errorCode]).toEqual([429, 'too_many_requests']);
    expect(await statusesOf(tenant, 2)).toEqual([200, 200]);
  });

  it('is replaced with a full bucket, and removed', async () => {
    const tenant = await openTenant();
    await setLimit(tenant.store, perMinute);
    expect(await statusesOf(tenant, 3)).toEqual([200, 200, 429]);
    await setLimit(tenant.store, { ...perMinute, requests: 1 });
    expect(await limitsOf(tenant.store)).toEqual([{ ...perMinute, requests: 1 }]);
    expect(await statusesOf(tenant, 2)).toEqual([200, 429]);
    expect([await removeLimits(tenant.store, '/oauth/token'), await removeLimits(tenant.store)]).toEqual([0, 1]);
    expect(await statusesOf(tenant, 3)).toEqual([200, 200, 200]);
  });

  it('lets preflight requests through, and pages read the refusal', async () => {
    const tenant = await openTenant({ app: { web_origins: ['https://shop.example'] } });
    await setLimit(tenant.store, { ...perMinute, requests: 1 });
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
    for (const _ of [1, 2]) {
      expect((await tenant.send('OPTIONS', '/anonymous/token', { headers })).status).toBe(204);
    }
    await tenant.anonymousToken();
    const refused = await tenant.anonymousToken({}, { origin: 'https://shop.example' });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([429, headers.origin]);
  });

  it('does not count a request that a fault answers', async () => {
    const tenant = await openTenant();
    await setLimit(tenant.store, perMinute);
    await withFault(tenant, { count: 2 });
    expect(await statusesOf(tenant, 5)).toEqual([503, 503, 200, 200, 429]);
  });
});
