import { expect, it } from 'vitest';
import { cachedStore } from '../../../src/local/store/cached-store.ts';
import { restorableDatabase } from '../../../src/local/store/memory.ts';

const soon = { nowSeconds: 100, endSeconds: 130 };

it('what was used once is part of a copy', async () => {
  const database = restorableDatabase();
  await database.takeOnce('before', soon);
  const copy = database.copy();
  await database.takeOnce('after', soon);
  database.restore(copy);
  expect(await database.takeOnce('before', soon)).toBe(false);
  expect(await database.takeOnce('after', soon)).toBe(true);
});

it('a store notices that its database was restored, and the order of documents stays', async () => {
  const database = restorableDatabase();
  const store = cachedStore(database);
  await store.write((writer) => {
    for (const id of ['b', 'a']) writer.put('client', id, { id, name: 'first' });
  });
  const copy = database.copy();
  await store.write((writer) => {
    writer.put('client', 'b', { id: 'b', name: 'second' });
    writer.put('client', 'c', { id: 'c' });
  });
  const [unchanged] = [await store.get('client', 'a')];
  database.restore(copy);
  await store.refresh();
  expect((await store.list('client')).map(({ id, name }) => `${id} ${name}`)).toEqual(['b first', 'a first']);
  // What is derived from it stays in the caches.
  expect(await store.get('client', 'a')).toBe(unchanged);
});

it('a write that was planned before is planned again', async () => {
  const database = restorableDatabase();
  const store = cachedStore(database);
  await store.write((writer) => writer.put('client', 'a', { count: 1 }));
  const copy = database.copy();
  await store.write((writer) => writer.put('client', 'a', { count: 10 }));
  let attempts = 0;
  await store.write(async (writer) => {
    attempts += 1;
    const { count } = (await writer.get('client', 'a')) ?? {};
    if (attempts === 1) database.restore(copy);
    writer.put('client', 'a', { count: Number(count) + 1 });
  });
  await store.refresh();
  expect([attempts, await store.get('client', 'a')]).toEqual([2, { count: 2 }]);
});
