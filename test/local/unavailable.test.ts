import { describe, expect, it } from 'vitest';
import { cachedStore } from '../../src/local/store/cached-store.ts';
import { DatabaseUnavailableError, type DocumentDatabase } from '../../src/local/store/database.ts';
import { memoryDatabase } from '../../src/local/store/memory.ts';
import { createTenant } from '../../src/local/tenant.ts';
import { movableClock, openTenant, sender, sequenceOfBytes, testKeys } from '../support/local.ts';
import { memoryStore, watched } from '../support/memory-store.ts';

/** A tenant whose database can be lost: all of it, or one of its functions. */
async function losable() {
  let lost: readonly (keyof DocumentDatabase)[] = [];
  const database = watched(memoryDatabase(), (name) => {
    if (!lost.includes(name)) return;
    throw new DatabaseUnavailableError('connect ECONNREFUSED 10.0.0.7:5432', { retryAfterSeconds: 1.2 });
  });
  const tenant = await openTenant({ store: cachedStore(database), databaseName: 'postgresql', edition: 'ea' });
  return {
    tenant,
    database,
    lose(...names: (keyof DocumentDatabase)[]) {
      lost = names;
    },
  };
}

const oauth = {
  error: 'temporarily_unavailable',
  error_description: 'The database of this tenant cannot be reached. Try again later.',
};
const management = {
  statusCode: 503,
  error: 'Service Unavailable',
  message: 'The database of this tenant cannot be reached. Try again later.',
};

describe('while its database cannot be reached', () => {
  it.each([
    ['POST', '/anonymous/token', oauth],
    ['OPTIONS', '/anonymous/token', oauth],
    ['POST', '/anonymous/logout', oauth],
    ['POST', '/oauth/token', oauth],
    ['GET', '/.well-known/jwks.json', oauth],
    ['GET', '/.well-known/openid-configuration', oauth],
    ['GET', '/nowhere', oauth],
    ['GET', '/api/v2/tenants/settings', management],
    ['PATCH', '/api/v2/clients/a', management],
    ['GET', '/api/v2/clients/a/credentials', management],
    ['DELETE', '/api/v2/resource-servers/a', management],
    ['POST', '/api/v2/client-grants', management],
    ['GET', '/api/v2/rules', management],
  ])('%s %s answers 503 with Retry-After, and works again afterwards', async (method, path, body) => {
    const { tenant, lose } = await losable();
    const options = ['POST', 'PATCH'].includes(method) ? { json: {} } : {};
    const before = await tenant.send(method, path, options);
    lose('changesSince');
    const answer = await tenant.send(method, path, options);
    expect([answer.status, answer.body]).toEqual([503, body]);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('date')).toBe(before.headers.get('date'));
    expect(answer.headers.has('x-auth0-requestid')).toBe(true);
    lose();
    expect(await tenant.send(method, path, options)).toMatchObject({ status: before.status, body: before.body });
  });

  it.each(['list', 'count', 'commit'] as const)(
    'a request that needs it only later answers 503 too: %s',
    async (name) => {
      const { tenant, lose } = await losable();
      const manage = await tenant.management();
      lose(name);
      const answer =
        name === 'commit'
          ? await manage('POST', '/api/v2/clients', { json: { name: 'new' } })
          : await manage('GET', '/api/v2/clients?include_totals=true');
      expect([answer.status, answer.body]).toEqual([503, management]);
      expect(answer.headers.get('retry-after')).toBe('2');
      lose();
      expect((await manage('GET', '/api/v2/clients')).body).toHaveLength(2);
    },
  );

  it('a preflight and an answer to another origin are refused in the same way', async () => {
    const { tenant, lose } = await losable();
    lose('list');
    const headers = { origin: 'https://shop.example' };
    expect(await tenant.send('OPTIONS', '/anonymous/token', { headers })).toMatchObject({ status: 503, body: oauth });
  });

  it('a tenant that was never ready answers 503 and is filled later', async () => {
    const { database, lose } = await losable();
    const [clock, keys] = [movableClock(), async () => testKeys];
    const tenant = createTenant({ store: cachedStore(database), clock, random: sequenceOfBytes(), keys });
    lose('changesSince');
    await expect(tenant.ready()).rejects.toThrow(DatabaseUnavailableError);
    expect(await sender(tenant)('GET', '/.well-known/jwks.json')).toMatchObject({ status: 503 });
    lose();
    expect(await sender(tenant)('GET', '/.well-known/jwks.json')).toMatchObject({ status: 200 });
  });
});

describe('/health', () => {
  it.each(['sqlite', 'postgresql', 'memory'] as const)('is ok, and names the database: %s', async (databaseName) => {
    const tenant = await openTenant({ databaseName });
    const { status, body, headers } = await tenant.send('GET', '/health');
    expect([status, body]).toEqual([200, { status: 'ok', database: databaseName }]);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is unavailable while the database cannot be reached, and ok again afterwards', async () => {
    const { tenant, lose } = await losable();
    lose('changesSince');
    const { status, body, headers } = await tenant.send('GET', '/health');
    expect([status, body]).toEqual([503, { status: 'unavailable', database: 'postgresql' }]);
    expect(headers.get('retry-after')).toBe('2');
    lose();
    expect(await tenant.send('GET', '/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('is unavailable while the state cannot be used for any other reason, which it does not show', async () => {
    let broken = false;
    const store = watched(memoryStore(), (name) => {
      if (broken && name === 'refresh') throw new Error('the disk has a secret');
    });
    const tenant = await openTenant({ store });
    broken = true;
    const { status, body } = await tenant.send('GET', '/health');
    expect([status, body]).toEqual([503, { status: 'unavailable', database: 'memory' }]);
  });

  it('fills no state, and has no rate limit', async () => {
    const store = memoryStore();
    const [clock, keys] = [movableClock(), async () => testKeys];
    const rateLimit = { burst: 1, perSecond: 1 };
    const tenant = createTenant({ store, clock, random: sequenceOfBytes(), keys, rateLimit });
    for (const _ of [1, 2, 3]) expect(await sender(tenant)('GET', '/health')).toMatchObject({ status: 200 });
    expect(await store.list('tenant')).toEqual([]);
    expect(await sender(tenant)('GET', '/nowhere')).toMatchObject({ status: 404 });
    expect(await sender(tenant)('GET', '/nowhere')).toMatchObject({ status: 429 });
    expect(await sender(tenant)('GET', '/health')).toMatchObject({ status: 200 });
  });

  it('answers HEAD, and no other method', async () => {
    const tenant = await openTenant();
    const head = await tenant.handle(new Request('https://localhost:4400/health', { method: 'HEAD' }));
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(await tenant.send('POST', '/health', { json: {} })).toMatchObject({ status: 404 });
    expect(await tenant.send('GET', '/health/')).toMatchObject({ status: 404 });
  });
});
