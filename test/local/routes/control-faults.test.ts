import { describe, expect, it } from 'vitest';
import { openTenant } from '../../support/local.ts';

async function controlled() {
  const tenant = await openTenant({ control: { token: undefined } });
  const control = (path: string) => (method: string, more: string, json?: object) =>
    tenant.send(method, `/_anon/${path}${more}`, json && { json });
  const tokens = async (count: number) => {
    const statuses: number[] = [];
    for (let nth = 0; nth < count; nth += 1) statuses.push((await tenant.anonymousToken()).status);
    return statuses;
  };
  return { tenant, faults: control('faults'), limits: control('limits'), tokens };
}

const route = '/anonymous/token';

describe('faults over HTTP', () => {
  it('are added, listed and removed, and hit the next requests', async () => {
    const { tenant, faults, tokens } = await controlled();
    const body = { kind: 'status', status: 429, retry_after: 2, route, count: 2, client_id: tenant.app.client_id };
    const { status, body: added } = await faults('POST', '', { ...body, rate: null, method: null });
    expect([status, added]).toEqual([
      201,
      {
        ...{ ...body, id: expect.stringMatching(/^[0-9a-f-]{36}$/), name: '429', body: null, latency_ms: null },
        ...{ method: null, rate: null, seed: 1, after: null, seen: 0, hit: 0 },
        created_at: '2026-06-01T12:00:00.000Z',
      },
    ]);
    expect(await tokens(3)).toEqual([429, 429, 200]);
    expect((await faults('GET', '')).body).toEqual({ faults: [{ ...added, seen: 2, hit: 2 }] });
    await faults('POST', '', { kind: 'drop', name: 'silence', route: '/userinfo' });
    expect((await faults('DELETE', '/429')).body).toEqual({ removed: 1 });
    expect(await faults('DELETE', '/429')).toMatchObject({ status: 404, body: { error: 'not_found' } });
    expect((await faults('DELETE', '')).body).toEqual({ removed: 1 });
    expect((await faults('GET', '')).body).toEqual({ faults: [] });
  });

  it('are for all endpoints by default, except the control endpoints', async () => {
    const { faults, tokens } = await controlled();
    await faults('POST', '', { kind: 'status', status: 503 });
    expect(await tokens(1)).toEqual([503]);
    expect((await faults('GET', '')).status).toBe(200);
  });

  it('refuse a name that is taken', async () => {
    const { faults } = await controlled();
    await faults('POST', '', { kind: 'drop', name: 'same' });
    expect(await faults('POST', '', { kind: 'drop', name: 'same' })).toMatchObject({
      status: 409,
      body: { error: 'invalid_request', error_description: "Fault 'same' already exists." },
    });
  });

  it.each([
    [{}, 'kind must be one of status, latency, reset, truncate, drop.'],
    [{ kind: 'fire' }, 'kind must be one of status, latency, reset, truncate, drop.'],
    [{ kind: 'status' }, 'status is required.'],
    [{ kind: 'status', status: 204, body: 'x' }, 'A response with status 204 has no body.'],
    [{ kind: 'drop', count: 0 }, 'count must be a whole number from 1 to 1000000000.'],
    [{ kind: 'status', status: 99 }, 'status must be a whole number from 200 to 599.'],
    [{ kind: 'status', status: '500' }, 'status must be a number.'],
    [{ kind: 'drop', status: 500 }, 'status is unknown.'],
    [{ kind: 'latency', latency_ms: 0 }, 'latency_ms must be a whole number from 1 to 3600000.'],
    [
      { kind: 'drop', rate: 2, count: -1 },
      'rate must be a number from 0 to 1; count must be a whole number from 1 to 1000000000.',
    ],
    [{ kind: 'drop', name: 'a b' }, "name must have up to 40 letters, digits, '_', '-' and '.'."],
    [{ kind: 'drop', route: '/anonymous/tokn' }, "The tenant has no endpoint '/anonymous/tokn'."],
    [{ kind: 'drop', client_id: 'nobody' }, 'The tenant has no application with this client_id.'],
  ])('refuse %j', async (json, description) => {
    const { faults } = await controlled();
    const { status, body } = await faults('POST', '', json);
    expect([status, body]).toEqual([400, { error: 'invalid_request', error_description: description }]);
    expect((await faults('GET', '')).body).toEqual({ faults: [] });
  });
});

describe('limits over HTTP', () => {
  it('are set, listed and removed', async () => {
    const { limits, tokens } = await controlled();
    const limit = { route, requests: 1, period_seconds: 60 };
    expect((await limits('POST', '', limit)).body).toEqual({ limits: [limit] });
    expect(await tokens(2)).toEqual([200, 429]);
    await limits('POST', '', { requests: 5, period_seconds: 1 });
    expect((await limits('GET', '')).body).toEqual({ limits: [limit, { route: '*', requests: 5, period_seconds: 1 }] });
    expect((await limits('DELETE', `?route=${route}`)).body).toEqual({ removed: 1 });
    expect((await limits('DELETE', '')).body).toEqual({ removed: 1 });
    expect(await tokens(2)).toEqual([200, 200]);
  });

  it.each([
    [{}, 'requests is required; period_seconds is required.'],
    [{ requests: 0, period_seconds: 60 }, 'requests must be a whole number from 1 to 999999.'],
    [{ requests: 1, period_seconds: 60, route: '/nowhere' }, "The tenant has no endpoint '/nowhere'."],
  ])('refuse %j', async (json, error_description) => {
    const { limits } = await controlled();
    expect(await limits('POST', '', json)).toMatchObject({ status: 400, body: { error_description } });
  });
});
