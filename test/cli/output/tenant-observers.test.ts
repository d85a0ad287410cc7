import { describe, expect, it } from 'vitest';
import { withDebugLines } from '../../../src/cli/output/tenant-observers.ts';
import { send } from '../../../src/domain/exchange/send.ts';
import { UnreachableError } from '../../../src/errors.ts';
import { connectionTo, json, scriptedConnection } from '../../support/domain.ts';
import { openTenant } from '../../support/local.ts';

type Answers = Parameters<typeof scriptedConnection>[0];

async function told(answers: Answers, path: string, method: 'GET' | 'POST' = 'GET'): Promise<string[]> {
  const lines: string[] = [];
  const tenant = withDebugLines(scriptedConnection(answers), (text) => void lines.push(text));
  await send(tenant, { method, path, authorization: 'Bearer a-secret-token', body: { a: 'secret' } }).catch(() => {});
  return lines;
}

describe('--debug', () => {
  it.each([
    ['x-auth0-requestid', { 'cf-ray': 'c', 'x-auth0-requestid': 'a-1' }, ' id=a-1'],
    ['x-correlation-id', { 'x-correlation-id': 'b', 'x-request-id': 'd' }, ' id=b'],
    ['x-request-id', { 'x-request-id': 'd', 'cf-ray': 'c' }, ' id=d'],
    ['cf-ray', { 'cf-ray': '8f2-FRA' }, ' id=8f2-FRA'],
    ['none', {}, ''],
    ['one that is no id', { 'x-request-id': 'two words' }, ''],
    ['one that is a token', { 'x-request-id': 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJwcml2YXRlIn0.c2ln' }, ' id=***'],
  ])('logs an exchange with the id from the service: %s', async (_, headers, id) => {
    const lines = await told([json({ secret: 1 }, 200, headers)], '/api/v2/clients');
    expect(lines).toEqual([`GET /api/v2/clients 200 0 ms${id}`]);
  });

  it('logs the duration', async () => {
    const lines: string[] = [];
    const scripted = scriptedConnection([
      async () => {
        await scripted.clock.wait(84);
        return json({})();
      },
    ]);
    await send(
      withDebugLines(scripted, (text) => void lines.push(text)),
      { method: 'GET', path: '/x' },
    );
    expect(lines).toEqual(['GET /x 200 84 ms']);
  });

  it.each([
    ['/a?page=0&per_page=100&include_totals=true', '/a?page=0&per_page=100&include_totals=true'],
    ['/a?fields=client_id,name&take=50&from=cursor', '/a?fields=client_id,name&take=50&from=***'],
    ['/a?q=name%3Asecret&token=secret&flag', '/a?q=***&token=***&flag=***'],
    ['/api/v2/clients/abc123', '/api/v2/clients/abc123'],
    ['/t/eyJhbGciOiJub25lIn0.eyJzdWIiOiJwcml2YXRlIn0.c2ln', '/t/***'],
  ])('logs only the harmless parts of %s', async (path, shown) => {
    expect(await told([json({})], path)).toEqual([`GET ${shown} 200 0 ms`]);
  });

  it('logs waits and retries', async () => {
    const broken = () => {
      throw new UnreachableError('The tenant acme.example did not answer.', { sent: true, broken: true });
    };
    const limited = json({}, 429, { 'retry-after': '2' });
    expect(await told([limited, broken, json({}, 503), json({})], '/x')).toEqual([
      'GET /x 429 0 ms',
      'waiting 2 s: rate limit',
      'GET /x failed after 0 ms: The tenant acme.example did not answer.',
      'waiting 0.5 s: broken connection, retry 1 of 3',
      'GET /x 503 0 ms',
      'waiting 1 s: answer 503, retry 2 of 3',
      'GET /x 200 0 ms',
    ]);
  });

  it('logs nothing that it does not know', async () => {
    const defect = () => {
      throw new TypeError('a secret');
    };
    expect(await told([defect], '/x')).toEqual(['GET /x failed after 0 ms: unexpected']);
  });

  it('changes nothing else about a tenant', async () => {
    const tenant = connectionTo(await openTenant());
    const watched = withDebugLines(tenant, () => {});
    expect(await send(watched, { method: 'GET', path: '/.well-known/jwks.json' })).toMatchObject({ status: 200 });
  });
});
