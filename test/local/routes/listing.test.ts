import { describe, expect, it } from 'vitest';
import { cachedStore } from '../../../src/local/store/cached-store.ts';
import { memoryDatabase } from '../../../src/local/store/memory.ts';
import type { Range } from '../../../src/local/store/store.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { testTenant } from '../../support/local.ts';
import { watched } from '../../support/memory-store.ts';

const grants = '/api/v2/client-grants';
const [one, other] = ['https://one.example', 'https://other.example'];

/** A tenant with 300 grants of 3 applications for 2 APIs, and the ranges that its database is asked for. */
async function manyGrants() {
  const ranges: (Range | undefined)[] = [];
  const database = watched(memoryDatabase(), (name, ...[kind, , range]) => {
    if (name === 'list' && kind === 'client_grant') ranges.push(range as Range | undefined);
  });
  const tenant = await testTenant({ store: cachedStore(database), edition: 'ea' });
  await tenant.store.write((writer) => {
    for (let index = 0; index < 300; index += 1) {
      const id = `cgr_${index}`;
      const audience = index % 2 === 0 ? one : other;
      const subject_type = index % 5 === 0 ? 'user' : 'anonymous_user';
      writer.put('client_grant', id, { id, client_id: `app${index % 3}`, audience, scope: [], subject_type });
    }
  });
  const all = await tenant.store.list('client_grant');
  const manage = await tenant.management();
  ranges.length = 0;
  return { manage, all, ranges };
}

type Filter = (grant: JsonObject) => boolean;
const filters: [string, Filter][] = [
  ['', () => true],
  ['client_id=app1', ({ client_id }) => client_id === 'app1'],
  [`audience=${one}`, ({ audience }) => audience === one],
  ['subject_type=user', ({ subject_type }) => subject_type === 'user'],
  [`client_id=app2&audience=${other}`, ({ client_id, audience }) => client_id === 'app2' && audience === other],
  [`audience=${one}&subject_type=user`, ({ subject_type, audience }) => subject_type === 'user' && audience === one],
];

describe.each(filters)('a list of many documents, filter "%s"', (filter, isIn) => {
  it('has the same pages, totals and checkpoints as the filtered list of all', async () => {
    const { manage, all } = await manyGrants();
    const expected = all.filter(isIn);
    for (const [page, limit] of [
      [0, 50],
      [1, 50],
      [2, 7],
      [0, 0],
      [99, 100],
    ] as const) {
      const start = page * limit;
      const client_grants = expected.slice(start, start + limit);
      const { body } = await manage('GET', `${grants}?${filter}&page=${page}&per_page=${limit}&include_totals=true`);
      expect(body).toEqual({ total: expected.length, start, limit, client_grants });
      const { body: items } = await manage('GET', `${grants}?${filter}&page=${page}&per_page=${limit}`);
      expect(items).toEqual(client_grants);
    }
    const taken: JsonObject[] = [];
    let from = '';
    do {
      const { body } = await manage('GET', `${grants}?${filter}&take=40${from}`);
      taken.push(...body.client_grants);
      from = body.next === undefined ? '' : `&from=${body.next}`;
    } while (from !== '');
    expect(taken).toEqual(expected);
  });
});

describe('a list of many documents', () => {
  it.each([
    ['page=3&per_page=10', { offset: 30, limit: 10 }],
    ['page=3&per_page=10&client_id=app1&include_totals=true', { offset: 30, limit: 10 }],
    [`audience=${one}`, { offset: 0, limit: 50 }],
    ['take=20', { offset: 0, limit: 21 }],
    [`take=20&from=${Buffer.from('cgr_40').toString('base64url')}`, { from: 'cgr_40', limit: 21 }],
  ])('is read by the page where an index can select: %s', async (query, range) => {
    const { manage, ranges } = await manyGrants();
    expect((await manage('GET', `${grants}?${query}`)).status).toBe(200);
    expect(ranges).toEqual([range]);
  });

  it.each([
    ['of another list', '&client_id=app0', 'cgr_40'],
    ['of another list, with a further filter', '&client_id=app0&subject_type=anonymous_user', 'cgr_40'],
    ['of nothing', '', 'nothing'],
    ['that is not canonical', '', 'cgr_40', '='],
  ])('refuses a checkpoint %s', async (_, filter, id, more = '') => {
    const { manage } = await manyGrants();
    const from = `${Buffer.from(id).toString('base64url')}${more}`;
    expect(await manage('GET', `${grants}?take=20&from=${from}${filter}`)).toMatchObject({
      status: 400,
      body: { message: "Query validation error: 'Invalid checkpoint' on property from." },
    });
  });

  it.each(['include_totals', 'include_fields'])('refuses another %s than true and false', async (name) => {
    const { manage } = await manyGrants();
    expect((await manage('GET', `${grants}?${name}=true`)).status).toBe(200);
    expect(await manage('GET', `${grants}?${name}=maybe`)).toMatchObject({
      status: 400,
      body: { message: `Query validation error: 'Expected type boolean but found type string' on property ${name}.` },
    });
  });

  it('is empty past its end, however far', async () => {
    const { manage } = await manyGrants();
    for (const page of [4, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      const { body } = await manage('GET', `${grants}?page=${page}&per_page=100&include_totals=true`);
      expect(body).toEqual({ total: 301, start: page * 100, limit: 100, client_grants: [] });
    }
  });
});
