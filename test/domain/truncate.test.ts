import { expect, it } from 'vitest';
import { addToList, listInWords, truncateList } from '../../src/domain/truncate.ts';

const words = (count: number) =>
  listInWords(truncateList(Array.from({ length: count }, (_, index) => index + 1)), (n) => `'${n}'`);

it('five are listed and the others counted', () => {
  expect(words(1)).toBe("'1'");
  expect(words(5)).toBe("'1', '2', '3', '4', '5'");
  expect(words(6)).toBe("'1', '2', '3', '4', '5' and 1 more");
  expect(words(1000)).toBe("'1', '2', '3', '4', '5' and 995 more");
});

it('no more are held than are listed', () => {
  const found = truncateList<number>();
  for (let n = 0; n < 100; n += 1) addToList(found, n);
  expect(found).toEqual({ items: [0, 1, 2, 3, 4], others: 95 });
});
