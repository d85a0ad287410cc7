import { describe, expect, it } from 'vitest';
import { refusalByPreflight } from '../../../../src/domain/gates/diagnosis/origin-check.ts';
import { UnreachableError } from '../../../../src/errors.ts';
import { failureOf, scriptedConnection } from '../../../support/domain.ts';

const origin = 'http://localhost:3000';
const call = { origin, path: '/anonymous/token', method: 'POST', headers: ['auth0-client', 'content-type'] } as const;
const good = {
  'access-control-allow-origin': origin,
  'access-control-allow-credentials': 'true',
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-allow-headers': 'content-type, auth0-client',
};

const asked = (status: number, headers: Record<string, string>) =>
  refusalByPreflight(scriptedConnection([() => new Response(null, { status, headers })]), call);

it("a preflight is a browser's, without credentials", async () => {
  let sent: unknown;
  const connection = scriptedConnection([
    (request) => {
      sent = request;
      return new Response(null, { status: 204, headers: good });
    },
  ]);
  expect(await refusalByPreflight(connection, call)).toBeUndefined();
  expect(sent).toEqual({
    url: 'https://acme.example/anonymous/token',
    method: 'OPTIONS',
    headers: {
      accept: '*/*',
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'auth0-client,content-type',
    },
    body: undefined,
  });
});

describe('a browser sends the request after', () => {
  it.each([
    [204, good],
    [200, good],
    [204, { ...good, 'access-control-allow-headers': 'Content-Type,AUTH0-CLIENT , dpop' }],
    // POST needs no permission.
    [204, { ...good, 'access-control-allow-methods': '' }],
    [204, { ...good, 'access-control-allow-methods': 'GET' }],
  ])('status %d and %j', async (status, headers) => {
    expect(await asked(status, headers)).toBeUndefined();
  });
});

describe('a browser refuses to send the request after', () => {
  const without = (name: keyof typeof good) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
  it.each([
    [204, without('access-control-allow-origin'), 'the answer to a preflight lacks access-control-allow-origin'],
    [404, {}, 'the answer to a preflight lacks access-control-allow-origin (status 404)'],
    [
      204,
      { ...good, 'access-control-allow-origin': '*' },
      'the answer to a preflight has access-control-allow-origin: *',
    ],
    [
      204,
      { ...good, 'access-control-allow-origin': `${origin}/` },
      `the answer to a preflight has access-control-allow-origin: ${origin}/`,
    ],
    [
      204,
      { ...good, 'access-control-allow-origin': `${origin}, https://a.example` },
      `the answer to a preflight has access-control-allow-origin: ${origin}, https://a.example`,
    ],
    [
      204,
      without('access-control-allow-credentials'),
      'the answer to a preflight lacks access-control-allow-credentials: true',
    ],
    [
      204,
      { ...good, 'access-control-allow-credentials': 'True' },
      'the answer to a preflight has access-control-allow-credentials: True, not true',
    ],
    [
      204,
      without('access-control-allow-headers'),
      'access-control-allow-headers in the answer to a preflight lacks auth0-client, content-type',
    ],
    [
      204,
      { ...good, 'access-control-allow-headers': 'content-type' },
      'access-control-allow-headers in the answer to a preflight lacks auth0-client',
    ],
    [
      204,
      { ...good, 'access-control-allow-headers': '*' },
      'access-control-allow-headers in the answer to a preflight lacks auth0-client, content-type',
    ],
    [302, { ...good, location: 'https://b.example/' }, 'the answer to a preflight is a redirect (status 302)'],
    [403, good, 'the answer to a preflight has status 403'],
    [501, good, 'the answer to a preflight has status 501'],
  ])('status %d and %j', async (status, headers, reason) => {
    expect(await asked(status, headers)).toBe(reason);
  });
});

describe('an answer that shows nothing about permission', () => {
  it('is asked for again, as the tenant and a failure ask', async () => {
    const fine = () => new Response(null, { status: 204, headers: good });
    const later = () => new Response(null, { status: 429, headers: { 'retry-after': '2' } });
    const failing = () => new Response(null, { status: 503 });
    const connection = scriptedConnection([later, failing, fine]);
    expect(await refusalByPreflight(connection, call)).toBeUndefined();
    expect(connection.sent).toHaveLength(3);
    expect(connection.pauses).toHaveLength(2);
  });

  it('is an error: a rate limit, a failure, or none at all', async () => {
    const limited = scriptedConnection([() => new Response(null, { status: 429 })], { maxWaitMs: 0 });
    expect(await failureOf(() => refusalByPreflight(limited, call))).toMatchObject({ code: 'rate_limited' });
    const failing = scriptedConnection([() => new Response(null, { status: 503 })], { maxWaitMs: 0 });
    expect(await failureOf(() => refusalByPreflight(failing, call))).toMatchObject({
      code: 'server_error',
      message: 'The tenant answers a preflight with status 503.',
    });
    const silent = scriptedConnection([
      () => {
        throw new UnreachableError('No answer.', { sent: true, broken: false });
      },
    ]);
    expect(await failureOf(() => refusalByPreflight(silent, call))).toMatchObject({
      code: 'tenant_unreachable',
      message: 'No answer.',
    });
  });
});
