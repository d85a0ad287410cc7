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

describe('a search', () => {
  it.each([
    // Names that begin with the text, then names with a word that does, then names that contain it; then ids that begin
    // with it.
    ['shop', ['Shop', 'web shop', 'workshop', 'news']],
    ['SHOP', ['Shop', 'web shop', 'workshop', 'news']],
    ['shopaphrn', ['workshop']],
    ['https://shop', ['news']],
    // The middle of an id does not match.
    ['aphrn', []],
    ['hopx', []],
    // The same letters in the same order are not enough.
    ['nws', []],
    ['ップ', ['ショップ']],
    ['c++ (', ['c++ (old)']],
    ['.*', []],
    [' shop ', ['Shop', 'web shop', 'workshop', 'news']],
  ])('for %j finds %j', (text, names) => {
    expect(found(text)).toEqual(names);
  });

  it('for nothing finds everything, in the original order', () => {
    expect(found('')).toEqual(items.map(({ name }) => name));
  });
});
