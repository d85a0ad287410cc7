import { describe, expect, it } from 'vitest';
import { searched } from '../../../src/io/terminal/search.ts';

const items = [
  { name: 'workshop', id: 'shopAphrnBkI9dfDxgwA8anOh2PuEU2r' },
  { name: 'web shop', id: 'zzzzz' },
  { name: 'Shop', id: 'https://api.shop.example' },
  { name: 'news', id: 'https://shop-news.example' },
  { name: 'other', id: 'xshopx' },
  { name: 'ショップ', id: 'q' },
  { name: 'c++ (old)', id: 'r' },
];
const found = (text: string) => searched(items, text, ({ name, id }) => ({ name, ids: [id] })).map(({ name }) => name);

describe('what is searched', () => {
  it.each([
    // Where the name begins with it, then a word of it, then anywhere in it; then ids that begin with it.
    ['shop', ['Shop', 'web shop', 'workshop', 'news']],
    ['SHOP', ['Shop', 'web shop', 'workshop', 'news']],
    ['shopaphrn', ['workshop']],
    ['https://shop', ['news']],
    // In the middle of an id nothing is meant.
    ['aphrn', []],
    ['hopx', []],
    // Letters in their order are not enough.
    ['nws', []],
    ['ップ', ['ショップ']],
    ['c++ (', ['c++ (old)']],
    ['.*', []],
    [' shop ', ['Shop', 'web shop', 'workshop', 'news']],
  ])('by %j is %j', (text, names) => {
    expect(found(text)).toEqual(names);
  });

  it('by nothing is all of it, as it was', () => {
    expect(found('')).toEqual(items.map(({ name }) => name));
  });
});
