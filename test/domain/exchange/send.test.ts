import { describe, expect, it } from 'vitest';
import { send } from '../../../src/domain/exchange/send.ts';
import { connectionTo, failureOf, json, noon, scriptedConnection } from '../../support/domain.ts';
import { openTenant } from '../../support/local.ts';

const request = { method: 'GET', path: '/things?secret=query' } as const;

function limited(headers: Record<string, string> = {}) {
  return () => new Response('slow down', { status: 429, headers });
}

const resetIn = (seconds: number) => ({ 'x-ratelimit-reset': String(noon / 1000 + seconds) });

describe('a request', () => {
  it('carries its body as JSON and its authorization as it is', async () => {
    const seen: unknown[] = [];
    const tenant = scriptedConnection([
      ({ url, method, headers, body }) => {
        seen.push({ url, method, headers, body });
        return json({ ok: true })();
      },
    ]);
    const answer = await send(tenant, { method: 'POST', path: '/things', authorization: 'Bearer abc', body: { a: 1 } });
    expect(answer).toEqual({ status: 200, body: { ok: true } });
    expect(seen).toEqual([
      {
        url: 'https://acme.example/things',
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json', authorization: 'Bearer abc' },
        body: '{"a":1}',
      },
    ]);
  });

  it('says nothing of a body or an authorization that it does not have', async () => {
    const tenant = scriptedConnection([
      ({ headers, body }) => {
        expect(headers).toEqual({ accept: 'application/json' });
        expect(body).toBeUndefined();
        return json([])();
      },
    ]);
    expect(await send(tenant, request)).toEqual({ status: 200, body: [] });
  });

  it.each([400, 401, 404, 409, 500, 503])('is answered with %i as it is', async (status) => {
    expect(await send(scriptedConnection([json({ error: 'x' }, status)]), request)).toEqual({
      status,
      body: { error: 'x' },
    });
  });

  it('may be answered with nothing', async () => {
    expect(await send(scriptedConnection([() => new Response(null, { status: 204 })]), request)).toEqual({
      status: 204,
      body: undefined,
    });
  });
});

describe('a rate limit', () => {
  it.each([
    ['Retry-After', { 'retry-after': '7' }, 7000],
    ['Retry-After rather than the reset', { 'retry-after': '7', ...resetIn(30) }, 7000],
    ['the reset', resetIn(12), 12_000],
    ['no time at all when the reset is past', resetIn(-5), 0],
    ['no time at all when Retry-After is negative', { 'retry-after': '-3' }, 0],
    ['the reset when Retry-After is a date', { 'retry-after': 'Mon, 01 Jun 2026 12:00:09 GMT', ...resetIn(9) }, 9000],
    ['a second when nothing says how long', {}, 1000],
    ['a second when what says it is no number', { 'retry-after': 'soon', 'x-ratelimit-reset': 'later' }, 1000],
    ['a minute at most', { 'retry-after': '60' }, 60_000],
  ])('is waited for: %s', async (_, headers, waitMs) => {
    const tenant = scriptedConnection([limited(headers), json({ ok: true })]);
    expect(await send(tenant, request)).toMatchObject({ status: 200 });
    expect(tenant.clock.waits).toEqual([waitMs]);
    expect(tenant.sent).toHaveLength(2);
  });

  it('is waited for longer the second time when nothing says how long', async () => {
    const tenant = scriptedConnection([limited(), limited(), json({ ok: true })]);
    expect(await send(tenant, request)).toMatchObject({ status: 200 });
    expect(tenant.clock.waits).toEqual([1000, 2000]);
  });

  it('is measured from the time that it is by then', async () => {
    const tenant = scriptedConnection([limited(resetIn(10)), limited(resetIn(25)), json({})]);
    await send(tenant, request);
    expect(tenant.clock.waits).toEqual([10_000, 15_000]);
  });

  it('that holds on after two waits is an error', async () => {
    const tenant = scriptedConnection([limited(), limited(), limited({ 'retry-after': '4' })]);
    expect(await failureOf(() => send(tenant, request))).toMatchObject({
      code: 'rate_limited',
      status: 429,
      message: "The tenant's rate limit is reached.",
      hint: 'Try again in 4 seconds.',
    });
    expect(tenant.clock.waits).toEqual([1000, 2000]);
  });

  it.each([
    ['Retry-After', { 'retry-after': '61' }, 61],
    ['the reset', resetIn(3600), 3600],
  ])('of more than a minute is not waited for: %s', async (_, headers, seconds) => {
    const tenant = scriptedConnection([limited(headers)]);
    expect(await failureOf(() => send(tenant, request))).toMatchObject({
      code: 'rate_limited',
      hint: `Try again in ${seconds} seconds.`,
    });
    expect(tenant.clock.waits).toEqual([]);
  });

  it('of the local tenant is waited for just as long as it says', async () => {
    const tenant = await openTenant({ rateLimit: { burst: 1, perSecond: 0.1 } });
    const connection = connectionTo(tenant);
    const path = '/.well-known/jwks.json';
    const first = await send(connection, { method: 'GET', path });
    expect(await send(connection, { method: 'GET', path })).toEqual(first);
    expect(connection.clock.waits).toEqual([10_000]);
  });
});

describe('an answer that is not JSON', () => {
  it.each([
    [200, 'response_invalid'],
    [404, 'response_invalid'],
    [502, 'server_error'],
  ])('with status %i is %s', async (status, code) => {
    const tenant = scriptedConnection([() => new Response('<html>private</html>', { status })]);
    const error = await failureOf(() => send(tenant, request));
    expect(error).toMatchObject({
      code,
      status,
      message: `The tenant answered GET /things with ${status} and a body that is not JSON.`,
    });
    expect(error.hint).toMatch(/domain/);
  });

  it('names neither the query nor a token in the path', async () => {
    const tenant = await openTenant();
    const { access_token: token } = await tenant.session();
    const notJson = scriptedConnection([() => new Response('no')]);
    const error = await failureOf(() => send(notJson, { method: 'GET', path: `/t/${token}?x=${token}` }));
    expect(error.message).toBe('The tenant answered GET /t/*** with 200 and a body that is not JSON.');
  });
});
