import { describe, expect, it } from 'vitest';
import { type Answer, openTenant } from '../../support/local.ts';

/** Two requests at once, and another every ten seconds. */
const rateLimit = { burst: 2, perSecond: 0.1 };

const limitHeaders = ({ headers }: Answer) =>
  ['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'].map((name) => headers.get(name));

describe('a tenant with a rate limit', () => {
  it('reports what is left with every response', async () => {
    const tenant = await openTenant({ rateLimit });
    const now = tenant.clock() / 1000;
    expect(limitHeaders(await tenant.anonymousToken())).toEqual([null, '2', '1', String(now)]);
    expect(limitHeaders(await tenant.anonymousToken({ scope: 'none' }))).toEqual([null, '2', '0', String(now + 10)]);
  });

  it('refuses requests over the limit with 429 and Retry-After', async () => {
    const tenant = await openTenant({ rateLimit });
    const now = tenant.clock() / 1000;
    await tenant.anonymousToken();
    await tenant.anonymousToken();
    const answer = await tenant.anonymousToken();
    expect(answer.status).toBe(429);
    expect(answer.body).toEqual({ error: 'too_many_requests', error_description: 'Global limit has been reached' });
    expect(limitHeaders(answer)).toEqual(['10', '2', '0', String(now + 10)]);
  });

  it('accepts one request after that time, and at most the burst after a long pause', async () => {
    const tenant = await openTenant({ rateLimit });
    const statuses = async (count: number) => {
      const answers = [];
      for (let sent = 0; sent < count; sent += 1) answers.push((await tenant.anonymousToken()).status);
      return answers;
    };
    expect(await statuses(3)).toEqual([200, 200, 429]);
    tenant.clock.forward(9);
    expect(await statuses(1)).toEqual([429]);
    tenant.clock.forward(1);
    expect(await statuses(2)).toEqual([200, 429]);
    tenant.clock.forward(86_400);
    expect(await statuses(3)).toEqual([200, 200, 429]);
  });

  it.each([
    ['/oauth/token', { error: 'too_many_requests', error_description: 'Global limit has been reached' }],
    [
      '/api/v2/clients',
      {
        statusCode: 429,
        error: 'Too Many Requests',
        message: 'Global limit has been reached',
        errorCode: 'too_many_requests',
      },
    ],
  ])('refuses %s in its error format', async (path, body) => {
    const tenant = await openTenant({ rateLimit: { burst: 1, perSecond: 1 } });
    await tenant.anonymousToken();
    const answer = await tenant.send('POST', path, { json: {} });
    expect(answer.body).toEqual(body);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('refuses nothing without a limit', async () => {
    const tenant = await openTenant();
    const answers = await Promise.all(Array.from({ length: 50 }, () => tenant.anonymousToken()));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(limitHeaders(answers[0] as Answer)).toEqual([null, null, null, null]);
  });

  it('still sends the rate limit headers of the Management API', async () => {
    const tenant = await openTenant();
    const next = String(tenant.clock() / 1000 + 1);
    const manage = await tenant.management();
    expect(limitHeaders(await manage('GET', '/api/v2/clients'))).toEqual([null, '1000', '999', next]);
    expect(limitHeaders(await tenant.send('GET', '/api/v2/clients'))).toEqual([null, '1000', '999', next]);
  });
});
