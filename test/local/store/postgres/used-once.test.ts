import { expect, it } from 'vitest';
import { opened, rowsOf, session, testAddress } from '../../../support/postgres-store.ts';

it('what may be used once is deleted ten minutes after its end, because clocks differ', async () => {
  const address = await testAddress();
  const first = await opened(address);
  expect(await first.takeOnce('a', { nowSeconds: 0, endSeconds: 99.5 })).toBe(true);
  expect(await first.takeOnce('b', { nowSeconds: 0, endSeconds: 5000 })).toBe(true);
  const saved = async () =>
    (await rowsOf(address, 'SELECT id, ends::int FROM anon_cli.used_once ORDER BY id')).map(({ id, ends }) => [
      id,
      ends,
    ]);
  // Each instance deletes with its first, and then with every hundredth.
  const second = await opened(address);
  await second.takeOnce('c', { nowSeconds: 700.9, endSeconds: 5000 });
  expect(await saved()).toEqual([
    ['a', 100],
    ['b', 5000],
    ['c', 5000],
  ]);
  for (let n = 0; n < 99; n += 1) await second.takeOnce('c', { nowSeconds: 701, endSeconds: 5000 });
  expect((await saved()).map(([id]) => id)).toEqual(['a', 'b', 'c']);
  await second.takeOnce('c', { nowSeconds: 701, endSeconds: 5000 });
  expect((await saved()).map(([id]) => id)).toEqual(['b', 'c']);
});

it('instances that delete at the same time do not wait for each other', async () => {
  const address = await testAddress();
  const database = await opened(address);
  await database.takeOnce('a', { nowSeconds: 0, endSeconds: 100 });
  const other = await session(address);
  await other.query("BEGIN; SELECT FROM anon_cli.used_once WHERE id = 'a' FOR UPDATE");
  const next = await opened(address);
  expect(await next.takeOnce('b', { nowSeconds: 1000, endSeconds: 2000 })).toBe(true);
  await other.query('COMMIT');
});
