import { describe, expect, it } from 'vitest';
import { clearFaults, faultsOf } from '../../../src/local/faults/fault.ts';
import type { ServedRequest } from '../../../src/local/http/served-request.ts';
import { removeDocument } from '../../../src/local/store/remove-document.ts';
import { statusesOf, withFault } from '../../support/faults.ts';
import { openTenant } from '../../support/local.ts';

describe('a fault with a status', () => {
  it.each([
    [503, 'temporarily_unavailable'],
    [500, 'server_error'],
    [502, 'server_error'],
    [401, 'invalid_client'],
    [403, 'unauthorized_client'],
    [418, 'invalid_request'],
  ])('answers %s as OAuth does, with %s', async (status, error) => {
    const tenant = await openTenant();
    await withFault(tenant, { status, name: 'flaky' });
    const answer = await tenant.anonymousToken();
    expect([answer.status, answer.body]).toEqual([
      status,
      { error, error_description: "The fault 'flaky' of this tenant answers in its place." },
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('has the error code of the endpoint for its status', async () => {
    const tenant = await openTenant();
    await withFault(tenant, { status: 401, route: '/userinfo' });
    expect((await tenant.send('GET', '/userinfo')).body).toMatchObject({ error: 'unauthorized' });
  });

  it('answers 429 as the service does, with when to try again', async () => {
    const tenant = await openTenant();
    await withFault(tenant, { status: 429, route: '*', retry_after: 2 });
    const guest = await tenant.anonymousToken();
    expect(guest.body).toEqual({ error: 'too_many_requests', error_description: 'Global limit has been reached' });
    const management = await tenant.send('GET', '/api/v2/clients');
    expect(management.body).toEqual({
      statusCode: 429,
      error: 'Too Many Requests',
      message: 'Global limit has been reached',
      errorCode: 'too_many_requests',
    });
    const names = ['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];
    const reset = String(tenant.clock() / 1000 + 2);
    for (const { headers } of [guest, management]) {
      expect(names.map((name) => headers.get(name))).toEqual(['2', '1000', '0', reset]);
    }
  });

  it('has the error envelope of the Management API below /api/v2', async () => {
    const tenant = await openTenant();
    await withFault(tenant, { status: 504, route: '/api/v2/*', name: 'slow' });
    expect((await tenant.send('GET', '/api/v2/clients')).body).toEqual({
      statusCode: 504,
      error: 'Gateway Timeout',
      message: "The fault 'slow' of this tenant answers in its place.",
    });
  });

  it.each([
    ['{"error":"teapot"}', 'application/json; charset=utf-8'],
    ['\n<html>Bad gateway</html>', 'text/html; charset=utf-8'],
    ['upstream failed', 'text/plain; charset=utf-8'],
    ['', 'text/plain; charset=utf-8'],
  ])('answers with a body of its own: %j', async (body, type) => {
    const tenant = await openTenant();
    await withFault(tenant, { status: 200, body });
    const response = await tenant.handle(new Request(`${tenant.issuer}anonymous/token`, { method: 'POST' }));
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([200, type, body]);
  });

  it('sends no body with a status that has none', async () => {
    const tenant = await openTenant();
    await withFault(tenant, { status: 204, body: 'ignored' });
    const response = await tenant.handle(new Request(`${tenant.issuer}anonymous/token`, { method: 'POST' }));
    expect([response.status, response.body]).toEqual([204, null]);
  });

  it('is readable for the pages of an application, whose preflight requests succeed', async () => {
    const tenant = await openTenant({ app: { web_origins: ['https://shop.example'] } });
    await withFault(tenant, { status: 503 });
    const origin = { origin: 'https://shop.example' };
    const preflight = { ...origin, 'access-control-request-method': 'POST' };
    expect((await tenant.send('OPTIONS', '/anonymous/token', { headers: preflight })).status).toBe(204);
    const { status, headers } = await tenant.anonymousToken({}, origin);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([503, 'https://shop.example']);
    expect(headers.get('access-control-expose-headers')).toContain('retry-after');
    const stranger = await tenant.anonymousToken({}, { origin: 'https://other.example' });
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('has the tenant’s own headers, and is named in the log', async () => {
    const log: ServedRequest[] = [];
    const tenant = await openTenant({ onServed: (served) => void log.push(served) });
    await withFault(tenant, { status: 503, name: 'flaky' });
    const { headers } = await tenant.anonymousToken();
    expect(headers.get('x-auth0-requestid')).toMatch(/^[0-9a-f]{20}$/);
    expect(headers.get('date')).toBe('Mon, 01 Jun 2026 12:00:00 GMT');
    expect(log).toEqual([{ fault: 'flaky', method: 'POST', path: '/anonymous/token', status: 503 }]);
  });

  it('ends once it is removed, and all end once they are cleared', async () => {
    const tenant = await openTenant();
    const { id } = await withFault(tenant, { status: 503 });
    await withFault(tenant, { status: 500, route: '/oauth/token' });
    expect((await faultsOf(tenant.store)).map(({ name }) => name)).toEqual(['503', '500']);
    expect([await removeDocument(tenant.store, 'fault', id), await removeDocument(tenant.store, 'fault', id)]).toEqual([
      true,
      false,
    ]);
    expect(await statusesOf(tenant, 1)).toEqual([200]);
    expect((await tenant.send('POST', '/oauth/token')).status).toBe(500);
    expect([await clearFaults(tenant.store), await clearFaults(tenant.store)]).toEqual([1, 0]);
    expect((await tenant.send('POST', '/oauth/token')).status).toBe(400);
  });

  it('leaves /health alone', async () => {
    const tenant = await openTenant();
    await withFault(tenant, { route: '*' });
    expect((await tenant.send('GET', '/health')).status).toBe(200);
  });
});
