import { describe, expect, it } from 'vitest';
import { cachedStore } from '../../src/local/store/cached-store.ts';
import type { DocumentDatabase } from '../../src/local/store/database.ts';
import { memoryDatabase } from '../../src/local/store/memory.ts';
import type { Store } from '../../src/local/store/store.ts';
import { createTenant } from '../../src/local/tenant.ts';
import { claimsOf, openSealed, openTenant, sender, sequenceOfBytes, testKeys } from '../support/local.ts';
import { memoryStore, watched } from '../support/memory-store.ts';

/** The tenant of `store` with another clock. */
const another = (store: Store, clock: () => number) =>
  createTenant({ store, clock, random: sequenceOfBytes('second'), keys: async () => testKeys });

describe.each(['preview', 'ea'] as const)('one request for guest tokens, edition %s', (edition) => {
  it('reads settings, keys, issuer and clock once each, and nothing else twice', async () => {
    const { store, app, api, clock } = await openTenant({ edition });
    const reads: string[] = [];
    const seen = watched(store, (name, ...[first, second]) =>
      reads.push([name, first, typeof second === 'string' ? second : Object(second).lookup].filter(Boolean).join(' ')),
    );
    let times = 0;
    const tenant = another(seen, () => {
      times += 1;
      return clock();
    });
    await tenant.ready();
    reads.length = 0;
    times = 0;
    const json = { client_id: app.client_id, audience: api.identifier };
    expect(await sender(tenant)('POST', '/anonymous/token', { json })).toMatchObject({ status: 200 });
    expect(reads.map((read) => read.replace('[object Object]', '')).sort()).toEqual(
      [
        'refresh ',
        'get tenant settings',
        'get tenant clock',
        'get tenant random',
        'get key current',
        'find resource_server is_system',
        'find fault any',
        `get client ${app.client_id}`,
        'find resource_server identifier',
        ...(edition === 'ea' ? ['find client_grant access'] : []),
      ].sort(),
    );
    expect(times).toBe(1);
  });

  it('asks the database for nothing that it knows, and for no list', async () => {
    const calls: (keyof DocumentDatabase)[] = [];
    const database = watched(memoryDatabase(), (name) => calls.push(name));
    const tenant = await openTenant({ edition, store: cachedStore(database) });
    await tenant.session();
    calls.length = 0;
    await tenant.session();
    expect(calls).toEqual(['changesSince']);
    // After a write by another process.
    const other = cachedStore(database);
    await other.refresh();
    await other.write((writer) => writer.put('resource_server', 'new', { id: 'new', identifier: 'urn:new' }));
    calls.length = 0;
    await tenant.session();
    expect(calls.sort()).toEqual(['changesSince', 'list', 'list']);
  });

  it('has one time in all of its response, however long it takes', async () => {
    const { store, app, api } = await openTenant({ edition });
    let now = Date.UTC(2026, 5, 1, 12);
    const tenant = another(store, () => {
      now += 900;
      return now;
    });
    const json = { client_id: app.client_id, audience: api.identifier };
    const { body, headers } = await sender(tenant)('POST', '/anonymous/token', { json });
    const { prefix = '' } = /^(?<prefix>.*?)ey/.exec(body.session_token)?.groups ?? {};
    const session = await openSealed(store, body.session_token.slice(prefix.length));
    const seconds = Number(session.iat);
    expect(claimsOf(body.access_token).iat).toBe(seconds);
    expect(session.created_at).toBe(edition === 'ea' ? seconds : new Date(seconds * 1000).toISOString());
    expect(headers.get('date')).toBe(new Date(seconds * 1000).toUTCString());
  });
});

it('only a request for guest tokens may be answered from a state that is a little old', async () => {
  const asked: unknown[] = [];
  const store = watched(memoryStore(), (name, options) => {
    if (name === 'refresh') asked.push(Object(options).mayLag);
  });
  const tenant = await openTenant({ store });
  for (const [method, path] of [
    ['POST', '/anonymous/token'],
    ['GET', '/anonymous/token'],
    ['POST', '/anonymous/logout'],
    ['POST', '/oauth/token'],
    ['GET', '/.well-known/jwks.json'],
    ['GET', '/api/v2/clients'],
    ['POST', '/api/v2/clients'],
  ] as const) {
    asked.length = 0;
    await tenant.send(method, path, method === 'POST' ? { json: {} } : {});
    expect([method, path, ...asked]).toEqual([method, path, path === '/anonymous/token' && method === 'POST']);
  }
});
