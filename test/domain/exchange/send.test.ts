import { describe, expect, it } from 'vitest';
import { managementRequest } from '../../../src/domain/exchange/management/request.ts';
import { send } from '../../../src/domain/exchange/send.ts';
import { interrupted, UnreachableError } from '../../../src/errors.ts';
import { tenantSettings } from '../../../src/wire/tenant-settings.ts';
import { connectionTo, failureOf, json, managementToken, noon, scriptedConnection } from '../../support/domain.ts';
import { openTenant } from '../../support/local.ts';

const request = { method: 'GET', path: '/things?secret=query' } as const;

function limited(headers: Record<string, string> = {}) {
  return () => new Response('slow down', { status: 429, headers });
}

const resetIn = (seconds: number) => ({ 'x-ratelimit-reset': String(noon / 1000 + seconds) });

describe('a request', () => {
  it('sends its body as JSON and its authorization unchanged', async () => {
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

  it('sends no headers for a missing body or authorization', async () => {
    const tenant = scriptedConnection([
      ({ headers, body }) => {
        expect(headers).toEqual({ accept: 'application/json' });
        expect(body).toBeUndefined();
        return json([])();
      },
    ]);
    expect(await send(tenant, request)).toEqual({ status: 200, body: [] });
  });

  it.each([400, 401, 404, 409])('returns the answer %i unchanged', async (status) => {
    expect(await send(scriptedConnection([json({ error: 'x' }, status)]), request)).toEqual({
      status,
      body: { error: 'x' },
    });
  });

  it.each([
    ['{"name":"\\ud800"}', { name: '\ufffd' }],
    ['{"list":["a\\uDFFFb",{"deep":"\\uD83D"}]}', { list: ['a\ufffdb', { deep: '\ufffd' }] }],
    ['{"name":"\\ud83d\\ude00","path":"\\\\ud800"}', { name: '😀', path: '\\ud800' }],
  ])('can get an answer with a broken character, which is replaced: %s', async (text, body) => {
    expect(await send(scriptedConnection([() => new Response(text)]), request)).toEqual({ status: 200, body });
  });

  it('can get an empty answer', async () => {
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
    ['Retry-After as a date', { 'retry-after': 'Mon, 01 Jun 2026 12:00:09 GMT', ...resetIn(30) }, 9000],
    ['a second when the reset is past', resetIn(-5), 1000],
    ['a second when Retry-After is nothing', { 'retry-after': '0' }, 1000],
    ['a second when Retry-After is negative', { 'retry-after': '-3' }, 1000],
    ['a second when Retry-After is a date that is past', { 'retry-after': 'Mon, 01 Jun 2026 11:59:00 GMT' }, 1000],
    ['a second when nothing says how long', {}, 1000],
    ['a second when what says it is no number', { 'retry-after': 'soon', 'x-ratelimit-reset': 'later' }, 1000],
    ['a minute at most', { 'retry-after': '60' }, 60_000],
  ])('is waited for: %s', async (_, headers, waitMs) => {
    const tenant = scriptedConnection([limited(headers), json({ ok: true })]);
    expect(await send(tenant, request)).toMatchObject({ status: 200 });
    expect(tenant.clock.waits).toEqual([waitMs]);
    expect(tenant.sent).toHaveLength(2);
  });

  it('is waited for longer the second time without a given delay', async () => {
    const tenant = scriptedConnection([limited(), limited(), json({ ok: true })]);
    expect(await send(tenant, request)).toMatchObject({ status: 200 });
    expect(tenant.clock.waits).toEqual([1000, 2000]);
  });

  it('is measured from the current time', async () => {
    const tenant = scriptedConnection([limited(resetIn(10)), limited(resetIn(25)), json({})]);
    await send(tenant, request);
    expect(tenant.clock.waits).toEqual([10_000, 15_000]);
  });

  it('is waited for and reported', async () => {
    const tenant = scriptedConnection([limited({ 'retry-after': '7' }), json({})]);
    await send(tenant, request);
    expect(tenant.pauses).toEqual([{ ms: 7000, reason: 'rate limit', asked: true }]);
  });

  it('that continues is an error after a minute in total', async () => {
    const tenant = scriptedConnection(Array.from({ length: 6 }, () => limited()));
    expect(await failureOf(() => send(tenant, request))).toMatchObject({
      code: 'rate_limited',
      status: 429,
      message: "The tenant's rate limit was reached.",
      hint: 'Try again in 32 seconds, or let the command wait: --max-wait 63s',
    });
    expect(tenant.clock.waits).toEqual([1000, 2000, 4000, 8000, 16_000]);
  });

  it.each([
    ['Retry-After', { 'retry-after': '61' }, 61],
    ['the reset', resetIn(3600), 3600],
  ])('of more than a minute is not waited for: %s', async (_, headers, seconds) => {
    const tenant = scriptedConnection([limited(headers)]);
    expect(await failureOf(() => send(tenant, request))).toMatchObject({
      code: 'rate_limited',
      hint: `Try again in ${seconds} seconds, or let the command wait: --max-wait ${seconds}s`,
    });
    expect(tenant.clock.waits).toEqual([]);
  });

  it.each([
    [0, '1', []],
    [120_000, '61', [61_000]],
  ])('is waited for up to %i ms if configured', async (maxWaitMs, retryAfter, waits) => {
    const tenant = scriptedConnection([limited({ 'retry-after': retryAfter }), limited({ 'retry-after': '61' })], {
      maxWaitMs,
    });
    expect(await failureOf(() => send(tenant, request))).toMatchObject({ code: 'rate_limited' });
    expect(tenant.clock.waits).toEqual(waits);
  });

  it.each(['POST', 'PATCH', 'DELETE'] as const)(
    'means that a %s was not processed: it is sent again',
    async (method) => {
      const tenant = scriptedConnection([limited(), json({ ok: true })]);
      expect(await send(tenant, { ...request, method })).toMatchObject({ status: 200 });
      expect(tenant.sent).toHaveLength(2);
    },
  );

  it('of the local tenant is waited for exactly as long as it asks', async () => {
    const tenant = await openTenant({ rateLimit: { burst: 1, perSecond: 0.1 } });
    const connection = connectionTo(tenant);
    const path = '/.well-known/jwks.json';
    const first = await send(connection, { method: 'GET', path });
    expect(await send(connection, { method: 'GET', path })).toEqual(first);
    expect(connection.clock.waits).toEqual([10_000]);
  });
});

const failing = (status: number, headers: Record<string, string> = {}) => json({ message: 'Oops.' }, status, headers);

function unreachable(sent: boolean, broken: boolean) {
  return () => {
    throw new UnreachableError('The tenant acme.example did not answer: the connection was closed.', { sent, broken });
  };
}
const broken = unreachable(true, true);

describe('a GET that fails', () => {
  it.each([
    ['500', failing(500)],
    ['503', failing(503)],
    ['a broken connection', broken],
    ['a page of HTML', () => new Response('<html>', { status: 502 })],
  ])('with %s is retried at most three times', async (_, answer) => {
    const recovered = scriptedConnection([answer, answer, answer, json({ ok: true })]);
    expect(await send(recovered, request)).toEqual({ status: 200, body: { ok: true } });
    expect(recovered.clock.waits).toEqual([500, 1000, 2000]);

    const tenant = scriptedConnection([answer, answer, answer, answer]);
    await send(tenant, request).catch(() => {});
    expect(tenant.sent).toHaveLength(4);
  });

  it('ends with its last answer, or with its last failure', async () => {
    expect(await send(scriptedConnection(Array(4).fill(failing(503))), request)).toMatchObject({ status: 503 });
    const error = await failureOf(() => send(scriptedConnection(Array(4).fill(broken)), request));
    expect(error).toMatchObject({ code: 'tenant_unreachable', message: expect.not.stringContaining('not known') });
  });

  it('waits a random time, but at least half', async () => {
    const tenant = scriptedConnection([broken, json({})]);
    await send({ ...tenant, retry: { ...tenant.retry, random: () => 0.999_999 } }, request);
    expect(tenant.clock.waits).toEqual([250]);
  });

  it('waits as a 503 asks, and reports only that wait', async () => {
    const tenant = scriptedConnection([failing(503, { 'retry-after': '9' }), failing(500), json({})]);
    await send(tenant, request);
    expect(tenant.pauses).toEqual([
      { ms: 9000, reason: 'answer 503, retry 1 of 3', asked: true },
      { ms: 1000, reason: 'answer 500, retry 2 of 3', asked: false },
    ]);
  });

  it('is not retried without waiting time', async () => {
    expect(await send(scriptedConnection([failing(503)], { maxWaitMs: 0 }), request)).toMatchObject({ status: 503 });
  });

  it.each([
    ['was never reached', unreachable(false, false)],
    ['took too long', unreachable(true, false)],
  ])('is not retried when the tenant %s', async (_, answer) => {
    const tenant = scriptedConnection([answer]);
    expect(await failureOf(() => send(tenant, request))).toMatchObject({ code: 'tenant_unreachable' });
  });

  it('is not retried after Ctrl-C', async () => {
    const tenant = scriptedConnection([
      () => {
        throw interrupted();
      },
    ]);
    expect(await failureOf(() => send(tenant, request))).toMatchObject({ code: 'interrupted' });
  });
});

describe('a change whose answer is lost', () => {
  const outcome = 'The change may or may not have been made.';
  const html = () => new Response('<html>private</html>', { status: 200 });

  it.each<['POST' | 'PATCH' | 'DELETE', string, RegExp]>([
    [
      'POST',
      '/api/v2/clients',
      /^Before you run the command again, check whether it was created.*: anon-cli app list --profile acme$/,
    ],
    [
      'POST',
      '/api/v2/resource-servers',
      /^Before you run the command again, check whether it was created.*: anon-cli api list --profile acme$/,
    ],
    ['POST', '/api/v2/client-grants', /^Before you run the command again, check the state of the tenant/],
    ['DELETE', '/api/v2/client-grants/cgr_1', /^Before you run the command again, check the state of the tenant/],
    ['PATCH', '/api/v2/tenants/settings', /^Run the command again: it checks first/],
  ])('is not retried, and its outcome is reported as unknown: %s %s', async (method, path, hint) => {
    for (const answer of [broken, unreachable(true, false), html]) {
      const tenant = scriptedConnection([answer]);
      const error = await failureOf(() => send(tenant, { method, path }));
      expect(error.message).toContain(outcome);
      expect(error.hint).toMatch(hint);
      expect(tenant.sent).toHaveLength(1);
    }
  });

  it.each([
    ['when it was never sent', unreachable(false, false)],
    ['when it was refused with a page of HTML', () => new Response('<html>', { status: 403 })],
  ])('is not reported as unknown %s', async (_, answer) => {
    const error = await failureOf(() =>
      send(scriptedConnection([answer]), { method: 'POST', path: '/api/v2/clients' }),
    );
    expect(error.message).not.toContain(outcome);
  });

  it.each(['/oauth/token', '/anonymous/token'])('is harmless if it only requested tokens: %s', async (path) => {
    const tenant = scriptedConnection([broken], { maxWaitMs: 0 });
    const error = await failureOf(() => send(tenant, { method: 'POST', path }));
    expect(error).toMatchObject({ hint: 'Run the command again: it only requests tokens.' });
    expect(error.message).not.toContain(outcome);
    expect(tenant.sent).toHaveLength(1);
  });

  it('is also unknown after a 5xx of the Management API', async () => {
    const tenant = scriptedConnection([managementToken, failing(503)]);
    const change = { method: 'PATCH', path: '/api/v2/tenants/settings', body: {} } as const;
    expect(await failureOf(() => managementRequest(tenant, tenantSettings, change))).toMatchObject({
      code: 'server_error',
      status: 503,
      message: expect.stringContaining(outcome),
    });
  });
});

describe('an answer that is not JSON', () => {
  it.each([
    [200, 'response_invalid'],
    [404, 'response_invalid'],
    [502, 'server_error'],
  ])('with status %i is %s', async (status, code) => {
    for (const [body, what] of [
      ['<html>private</html>', 'an HTML page, not JSON'],
      ['\n <!DOCTYPE html>private', 'an HTML page, not JSON'],
      ['{"private":', 'a body that is not JSON'],
    ]) {
      const tenant = scriptedConnection([() => new Response(body, { status })], { maxWaitMs: 0 });
      const error = await failureOf(() => send(tenant, request));
      const message = `The tenant answered GET /things with ${status} and ${what}.`;
      expect(error).toMatchObject({ code, status, message });
      expect(error.hint).toMatch(status === 502 ? /Try again later/ : /domain/);
    }
  });

  it('is a page if its header declares one', async () => {
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    const tenant = scriptedConnection([() => new Response('Sorry.', { status: 404, headers })]);
    expect(await failureOf(() => send(tenant, request))).toMatchObject({
      message: expect.stringContaining('an HTML page'),
    });
  });

  it('but a redirect is not followed', async () => {
    const headers = { location: 'https://elsewhere.example/?secret=1' };
    const tenant = scriptedConnection([() => new Response(null, { status: 307, headers })]);
    expect(await failureOf(() => send(tenant, request))).toMatchObject({
      code: 'failed',
      message:
        'The tenant answered GET /things with 307 and a redirect to https://elsewhere.example/, which is not followed.',
      hint: 'If elsewhere.example is the tenant, use that domain: anon-cli login acme --domain elsewhere.example',
    });
  });

  it('names neither the query nor a token in the path', async () => {
    const tenant = await openTenant();
    const { access_token: token } = await tenant.session();
    const notJson = scriptedConnection([() => new Response('no')]);
    const error = await failureOf(() => send(notJson, { method: 'GET', path: `/t/${token}?x=${token}` }));
    expect(error.message).toBe('The tenant answered GET /t/*** with 200 and a body that is not JSON.');
  });
});

it('a rate limit that repeats what was sent is reported without it', async () => {
  const body = { client_secret: 'a "secret"', metadata: { note: 'gift for Ann' } };
  const words = `Slow down, Zm9vOmJhcg and a \\"secret\\" and gift%20for%20Ann`;
  const tenant = scriptedConnection([json({ error_description: words }, 429)], { maxWaitMs: 0 });
  const exchange = { method: 'POST', path: '/anonymous/token', body, authorization: 'Basic Zm9vOmJhcg' } as const;
  const { message } = await failureOf(() => send(tenant, exchange));
  expect(message).toBe(`The tenant's rate limit was reached. The tenant reported: "Slow down, *** and *** and ***"`);
});

it('a rate limit that repeats the secret of a header is reported without it', async () => {
  const tenant = scriptedConnection([json({ error_description: 'Slow down, an odd secret' }, 429)], { maxWaitMs: 0 });
  const credentials = Buffer.from('foo:an%20odd%20secret').toString('base64');
  const exchange = {
    method: 'POST',
    path: '/anonymous/token',
    body: {},
    authorization: `Basic ${credentials}`,
  } as const;
  const { message } = await failureOf(() => send(tenant, exchange));
  expect(message).toBe(`The tenant's rate limit was reached. The tenant reported: "Slow down, ***"`);
});
