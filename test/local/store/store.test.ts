import { beforeEach, describe, expect, it } from 'vitest';
import { cachedStore } from '../../../src/local/store/cached-store.ts';
import type { Store } from '../../../src/local/store/store.ts';
import { type OpenState, places } from '../../support/stores.ts';

describe.each(places)('a store in %s', (_, makeState) => {
  let open: OpenState;
  let store: Store;
  beforeEach(async () => {
    open = await makeState();
    store = cachedStore(await open());
  });

  it('is empty at first', async () => {
    expect(await store.get('client', 'a')).toBeUndefined();
    expect(await store.list('client')).toEqual([]);
    expect(await store.count('client')).toBe(0);
  });

  it('returns what was put, by kind and id', async () => {
    await store.write((writer) => {
      writer.put('client', 'a', { name: 'one' });
      writer.put('resource_server', 'a', { name: 'two' });
    });
    expect(await store.get('client', 'a')).toEqual({ name: 'one' });
    expect(await store.get('resource_server', 'a')).toEqual({ name: 'two' });
    expect(await store.get('client_grant', 'a')).toBeUndefined();
  });

  it('lists documents in the order in which they were first put', async () => {
    await store.write((writer) => {
      for (const id of ['b', 'a', 'c']) writer.put('client', id, { id });
      writer.put('client', 'b', { id: 'b again' });
    });
    await store.write((writer) => writer.put('client', 'a', { id: 'a again' }));
    expect(await store.list('client')).toEqual([{ id: 'b again' }, { id: 'a again' }, { id: 'c' }]);
  });

  it('lists a document last after it was removed and put again', async () => {
    await store.write((writer) => {
      for (const id of ['a', 'b', 'c']) writer.put('client', id, { id });
      writer.remove('client', 'a');
      writer.put('client', 'a', { id: 'a' });
    });
    expect(await store.list('client')).toEqual([{ id: 'b' }, { id: 'c' }, { id: 'a' }]);
    await store.write((writer) => {
      writer.remove('client', 'b');
      writer.put('client', 'b', { id: 'b' });
    });
    expect(await store.list('client')).toEqual([{ id: 'c' }, { id: 'a' }, { id: 'b' }]);
  });

  it('removes a document, and ignores one that does not exist', async () => {
    await store.write((writer) => {
      writer.put('client', 'a', {});
      writer.put('client', 'b', {});
    });
    await store.write((writer) => {
      writer.remove('client', 'a');
      writer.remove('client', 'nobody');
    });
    expect(await store.get('client', 'a')).toBeUndefined();
    expect(await store.list('client')).toHaveLength(1);
  });

  it('is empty after clear, and has what was put afterwards', async () => {
    await store.write((writer) => writer.put('client_credential', 'a', { client_id: 'one' }));
    await store.write(async (writer) => {
      writer.clear();
      expect(await writer.list('client_credential')).toEqual([]);
      writer.put('key', 'a', {});
    });
    expect(await store.list('client_credential')).toEqual([]);
    expect(await store.find('client_credential', { lookup: 'client_id', value: 'one' })).toBeUndefined();
    expect(await store.list('key')).toEqual([{}]);
  });

  it('shows a writer its own changes, which others see only at the end', async () => {
    await store.write(async (writer) => {
      writer.put('client_credential', 'a', { client_id: 'one' });
      expect(await writer.get('client_credential', 'a')).toEqual({ client_id: 'one' });
      expect(await writer.list('client_credential')).toEqual([{ client_id: 'one' }]);
      expect(await writer.find('client_credential', { lookup: 'client_id', value: 'one' })).toBeDefined();
      expect(await store.get('client_credential', 'a')).toBeUndefined();
    });
    expect(await store.get('client_credential', 'a')).toEqual({ client_id: 'one' });
  });

  it('returns what the work returns', async () => {
    expect(await store.write(() => 7)).toBe(7);
  });

  it('saves nothing of work that throws, and works afterwards', async () => {
    await store.write((writer) => writer.put('client', 'a', { n: 1 }));
    const failing = store.write((writer) => {
      writer.put('client', 'a', { n: 2 });
      writer.put('client', 'b', {});
      writer.remove('client', 'a');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await store.list('client')).toEqual([{ n: 1 }]);
    await store.write((writer) => writer.put('client', 'b', {}));
    expect(await store.list('client')).toEqual([{ n: 1 }, {}]);
  });

  it('returns the same object until a document is written', async () => {
    await store.write((writer) => {
      writer.put('client', 'a', { n: 1 });
      writer.put('client', 'b', { n: 1 });
    });
    const [a, b] = [await store.get('client', 'a'), await store.get('client', 'b')];
    await store.write((writer) => writer.put('client', 'b', { n: 2 }));
    expect(await store.get('client', 'a')).toBe(a);
    expect((await store.list('client'))[0]).toBe(a);
    expect(await store.get('client', 'b')).not.toBe(b);
  });

  it('counts the changes of its own and of others, and nothing else', async () => {
    const other = cachedStore(await open());
    await store.write((writer) => writer.put('client', 'a', { n: 1 }));
    const { changes } = store;
    await store.refresh();
    await store.get('client', 'a');
    expect(store.changes).toBe(changes);
    await store.write((writer) => writer.put('client', 'a', { n: 2 }));
    const own = store.changes;
    expect(own).toBeGreaterThan(changes);
    await other.refresh();
    await other.write((writer) => writer.put('client', 'b', { n: 1 }));
    await store.refresh();
    const foreign = store.changes;
    expect(foreign).toBeGreaterThan(own);
    await other.write((writer) => writer.clear());
    await store.refresh();
    expect(store.changes).toBeGreaterThan(foreign);
  });

  it('keeps every document exactly as it was put', async () => {
    const document = {
      z: 1,
      a: [1e21, -0.5, 1e-7, 9_007_199_254_740_991],
      text: 'ü🛒\u0000\ud800\\u0000"\u2028',
      m: { '': null },
    };
    await store.write((writer) => writer.put('client', 'a', document));
    const saved = await cachedStore(await open()).get('client', 'a');
    expect(JSON.stringify(saved)).toBe(JSON.stringify(document));
  });

  it.each([
    "'; DROP TABLE document; --",
    '',
    '__proto__',
    'ü🛒',
    'a\u0000b',
    '\ud800',
    '\\u0000',
    '{"a"}',
    'x'.repeat(5000),
  ])('accepts any id: %j', async (id) => {
    await store.write((writer) => writer.put('client', id, { id }));
    const other = cachedStore(await open());
    expect(await other.get('client', id)).toEqual({ id });
    expect(await other.page('client', { from: id, limit: 1 })).toEqual([{ id }]);
    await other.write((writer) => writer.remove('client', id));
    await store.refresh();
    expect(await store.get('client', id)).toBeUndefined();
    expect(await store.list('client')).toEqual([]);
  });
});
