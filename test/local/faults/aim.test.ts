import { describe, expect, it } from 'vitest';
import { faultsOf, type NewFault } from '../../../src/local/faults/fault.ts';
import { statusesOf, withFault } from '../../support/faults.ts';
import { basic, confidentialApp, openTenant } from '../../support/local.ts';

const hitsOf = (statuses: readonly number[]) => statuses.flatMap((status, nth) => (status === 503 ? [nth] : []));

async function hits(aim: Partial<NewFault>, count: number): Promise<number[]> {
  const tenant = await openTenant();
  await withFault(tenant, aim);
  return hitsOf(await statusesOf(tenant, count));
}

describe('the aim of a fault', () => {
  it.each([
    ['its path', '/api/v2/clients', [403, 503, 403]],
    ['paths that begin like it', '/api/v2/cl*', [403, 503, 503]],
    ['a part that varies', '/api/v2/clients/:id', [403, 403, 503]],
    ['a part that varies, and all below', '/api/:version/clients*', [403, 503, 503]],
    ['all paths', '*', [503, 503, 503]],
    ['only whole paths', '/api/v2/client', [403, 403, 403]],
  ])('is %s: %s', async (_, route, statuses) => {
    const tenant = await openTenant();
    const send = await tenant.management('read:none');
    await withFault(tenant, { route });
    const paths = ['/api/v2/users', '/api/v2/clients', `/api/v2/clients/${tenant.app.client_id}`];
    expect(await Promise.all(paths.map(async (path) => (await send('GET', path)).status))).toEqual(statuses);
  });

  it('may be one method', async () => {
    const tenant = await openTenant();
    const send = await tenant.management('read:none');
    await withFault(tenant, { route: '/api/v2/clients', method: 'POST' });
    expect((await send('GET', '/api/v2/clients')).status).toBe(403);
    expect((await send('POST', '/api/v2/clients', { json: {} })).status).toBe(503);
  });

  it('may be the preflight requests of browsers', async () => {
    const tenant = await openTenant({ app: { web_origins: ['https://shop.example'] } });
    await withFault(tenant, { method: 'OPTIONS' });
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
    const { status, headers: answered } = await tenant.send('OPTIONS', '/anonymous/token', { headers });
    expect([status, answered.get('access-control-allow-origin')]).toEqual([503, null]);
    expect(await statusesOf(tenant, 1)).toEqual([200]);
  });

  it('may be one application, however a request names it', async () => {
    const tenant = await openTenant();
    const other = await confidentialApp(tenant);
    const token = await tenant.session();
    await withFault(tenant, { route: '*', client_id: tenant.app.client_id });
    const { client_id, client_secret } = other;
    expect(await statusesOf(tenant, 1)).toEqual([503]);
    const form = { client_id: tenant.app.client_id };
    expect((await tenant.send('POST', '/anonymous/token', { form })).status).toBe(503);
    expect((await tenant.anonymousToken({ client_id, client_secret })).status).toBe(200);
    expect((await tenant.anonymousToken({ client_id: undefined }, basic(client_id, client_secret))).status).toBe(200);
    const own = basic(tenant.app.client_id, tenant.app.client_secret);
    expect((await tenant.anonymousToken({ client_id: undefined }, own)).status).toBe(503);
    expect((await tenant.send('GET', `/authorize?client_id=${tenant.app.client_id}`)).status).toBe(503);
    const headers = { authorization: `Bearer ${token.access_token}` };
    expect((await tenant.send('GET', '/userinfo', { headers })).status).toBe(503);
    expect((await tenant.send('GET', '/userinfo', { headers: { authorization: 'Bearer a.b' } })).status).toBe(401);
    const { access_token } = token;
    const claims = Buffer.from(JSON.stringify({ client_id: tenant.app.client_id })).toString('base64url');
    const standard = { authorization: `Bearer head.${claims}.signature` };
    expect((await tenant.send('GET', '/userinfo', { headers: standard })).status).toBe(503);
    expect((await tenant.send('GET', `/userinfo?access_token=${access_token}`)).status).toBe(503);
    expect((await tenant.send('POST', '/userinfo', { form: { access_token } })).status).toBe(503);
    expect((await tenant.send('POST', '/anonymous/token', { text: '{' })).status).toBe(400);
    expect((await tenant.send('GET', '/.well-known/jwks.json')).status).toBe(200);
  });
});

describe('which requests a fault hits', () => {
  it('is a share of them that looks random and is the same for a seed', async () => {
    expect(await hits({ rate: 0.2, seed: 7 }, 40)).toEqual([3, 7, 19, 20, 22, 32, 36, 37]);
    expect(await hits({ rate: 0.2, seed: 1 }, 20)).toEqual([1, 6, 11, 16, 19]);
    expect([await hits({ rate: 0 }, 5), await hits({ rate: 1 }, 3)]).toEqual([[], [0, 1, 2]]);
  });

  it('begins after some and ends after a count', async () => {
    expect(await hits({ after: 2, count: 2 }, 6)).toEqual([2, 3]);
    expect(await hits({ count: 1 }, 3)).toEqual([0]);
    expect(await hits({ after: 3 }, 5)).toEqual([3, 4]);
    expect(await hits({ rate: 0.2, seed: 7, after: 4, count: 2 }, 40)).toEqual([7, 19]);
  });

  it('counts only requests that the fault is for', async () => {
    const tenant = await openTenant();
    await withFault(tenant, { after: 1, client_id: tenant.app.client_id });
    for (const path of ['/oauth/token', '/anonymous/token']) await tenant.send('POST', path, { json: {} });
    expect(hitsOf(await statusesOf(tenant, 3))).toEqual([1, 2]);
    expect(await faultsOf(tenant.store)).toMatchObject([{ seen: 3, hit: 2 }]);
  });

  it('is decided by the first fault with an answer, and every delay before it counts', async () => {
    const tenant = await openTenant();
    await withFault(tenant, { kind: 'latency', latency_ms: 5, name: 'slow' });
    await withFault(tenant, { status: 500, count: 1 });
    await withFault(tenant, { status: 503, count: 1 });
    expect(await statusesOf(tenant, 3)).toEqual([500, 503, 200]);
  });
});
