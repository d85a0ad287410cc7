import { expect, it } from 'vitest';
import { memoryDatabase } from '../../../src/local/store/memory.ts';

const write = (id: number) => ({
  conditions: [],
  clears: false,
  writes: [{ kind: 'client' as const, id: `${id % 7}`, document: { id } }],
});

it('a database in memory knows its last changes only', async () => {
  const database = memoryDatabase();
  const { revision: first } = await database.changesSince(0, false);
  let last = first;
  for (let id = 1; id <= 5000; id += 1) last = (await database.commit(write(id))) ?? 0;
  expect((await database.changesSince(first, false)).changed).toBeUndefined();
  expect((await database.changesSince(last - 1, false)).changed).toEqual([{ kind: 'client', id: '2', revision: last }]);
  expect((await database.changesSince(last - 900, false)).changed).toHaveLength(900);
});

it('a condition on changes that are no longer known is not met', async () => {
  const database = memoryDatabase();
  const { revision } = await database.changesSince(0, false);
  const unchanged = { conditions: [{ kind: 'user' as const, unchangedSince: revision }], clears: false, writes: [] };
  for (let id = 1; id <= 100; id += 1) await database.commit(write(id));
  expect(await database.commit(unchanged)).toBeDefined();
  for (let id = 1; id <= 5000; id += 1) await database.commit(write(id));
  expect(await database.commit(unchanged)).toBeUndefined();
});
