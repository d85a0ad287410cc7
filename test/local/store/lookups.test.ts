import { beforeEach, describe, expect, it } from 'vitest';
import { cachedStore } from '../../../src/local/store/cached-store.ts';
import { grantAccess } from '../../../src/local/store/lookups.ts';
import type { Store } from '../../../src/local/store/store.ts';
import { places } from '../../support/stores.ts';

describe.each(places)('the lookups of a store in %s', (_, makeState) => {
  let store: Store;
  beforeEach(async () => {
    const open = await makeState();
    store = cachedStore(await open());
  });

  const of = (client: string) => ({ lookup: 'client_id', value: client });

  it('find the first document with a value', async () => {
    await store.write((writer) => {
      writer.put('client_credential', 'x', { id: 'x', client_id: 'two' });
      writer.put('client_credential', 'b', { id: 'b', client_id: 'one' });
      writer.put('client_credential', 'a', { id: 'a', client_id: 'one' });
    });
    expect(await store.find('client_credential', of('one'))).toEqual({ id: 'b', client_id: 'one' });
    expect(await store.find('client_credential', of('nobody'))).toBeUndefined();
    expect(await store.list('client_credential', of('one'))).toHaveLength(2);
    expect(await store.count('client_credential', of('one'))).toBe(2);
    expect(await store.count('client_credential')).toBe(3);
  });

  it('follow a document that is written again or removed', async () => {
    const grant = { client_id: 'web', audience: 'https://shop', subject_type: 'client' };
    const access = { lookup: 'access', value: grantAccess('web', 'https://shop', 'client') };
    await store.write((writer) => writer.put('client_grant', 'a', grant));
    expect(await store.find('client_grant', access)).toEqual(grant);
    await store.write((writer) => writer.put('client_grant', 'a', { ...grant, audience: 'https://other' }));
    expect(await store.find('client_grant', access)).toBeUndefined();
    expect(await store.count('client_grant', of('web'))).toBe(1);
    await store.write((writer) => writer.remove('client_grant', 'a'));
    expect(await store.count('client_grant', of('web'))).toBe(0);
  });

  it('give a document every one of its values', async () => {
    const origins = ['https://a.example', 'https://b.example'];
    await store.write((writer) => {
      writer.put('client', 'a', { web_origins: origins, callbacks: ['https://b.example/back', 'app:/back'] });
    });
    for (const value of origins) {
      expect(await store.list('client', { lookup: 'origin', value })).toHaveLength(1);
    }
    expect(await store.list('client', { lookup: 'global', value: 'false' })).toHaveLength(1);
  });

  it('give an application its origins, and one value for all wildcards below a domain', async () => {
    await store.write((writer) => {
      writer.put('client', 'a', { web_origins: ['https://pr-*.shop.example', 'http://localhost:*', 'nonsense'] });
      writer.put('client', 'b', { callbacks: ['https://*-web.shop.example/back', 'HTTPS://Shop.Example:443/'] });
    });
    const count = (value: string) => store.count('client', { lookup: 'origin', value });
    expect(await count('https://*.shop.example')).toBe(2);
    expect(await count('http://localhost:*')).toBe(1);
    expect(await count('https://shop.example')).toBe(1);
    expect(await count('https://pr-*.shop.example')).toBe(0);
  });

  it.each(["'; DELETE FROM lookup; --", '', 'ü🛒', 'a\u0000b', '%', '\\u0000', 'x'.repeat(5000)])(
    'accept any value: %j',
    async (value) => {
      await store.write((writer) => {
        writer.put('client_credential', 'a', { client_id: `${value}.` });
        writer.put('client_credential', 'b', { client_id: value });
      });
      expect(await store.list('client_credential', of(value))).toEqual([{ client_id: value }]);
    },
  );

  describe('and pages', () => {
    const numbers = [...Array(25).keys()];
    beforeEach(() =>
      store.write((writer) => {
        for (const n of numbers) writer.put('client_credential', `id ${n}`, { n, client_id: n % 2 ? 'odd' : 'even' });
      }),
    );
    const numbersIn = async (...[range, where]: [Parameters<Store['page']>[1], Parameters<Store['page']>[2]?]) =>
      (await store.page('client_credential', range, where)).map(({ n }) => n);

    it('start at an index', async () => {
      expect(await numbersIn({ offset: 0, limit: 3 })).toEqual([0, 1, 2]);
      expect(await numbersIn({ offset: 23, limit: 10 })).toEqual([23, 24]);
      expect(await numbersIn({ offset: 25, limit: 10 })).toEqual([]);
      expect(await numbersIn({ offset: 5, limit: 0 })).toEqual([]);
      expect(await numbersIn({ offset: 10, limit: 3 }, of('odd'))).toEqual([21, 23]);
    });

    it('start at a document', async () => {
      expect(await numbersIn({ from: 'id 20', limit: 3 })).toEqual([20, 21, 22]);
      expect(await numbersIn({ from: 'id 21', limit: 10 }, of('odd'))).toEqual([21, 23]);
    });

    it('are empty where the document is not in the list', async () => {
      expect(await numbersIn({ from: 'id 99', limit: 3 })).toEqual([]);
      expect(await numbersIn({ from: 'id 20', limit: 3 }, of('odd'))).toEqual([]);
    });
  });
});
