import { describe, expect, it } from 'vitest';
import { defaultChoice, findByReference, referencesTo } from '../../src/domain/find-by-reference.ts';
import { failureOf } from '../support/domain.ts';

interface Shop {
  readonly id: string;
  readonly name: string;
  readonly audience: string;
}

const shops: readonly Shop[] = [
  { id: 'id-1', name: 'Web', audience: 'https://one.example' },
  { id: 'id-2', name: 'web', audience: 'https://two.example' },
  { id: 'id-3', name: 'Mobile', audience: 'https://three.example' },
  { id: 'id-4', name: 'Kiosk', audience: 'https://four.example' },
  { id: 'id-5', name: 'Kiosk', audience: 'https://five.example' },
  { id: 'id-6', name: 'id-1', audience: 'https://six.example' },
];

const find = (reference: string, among = shops) =>
  findByReference(among, reference, ({ id, name, audience }) => ({ name, ids: [id, audience] }), {
    noun: 'shop',
    listCommand: 'anon-cli shop list',
  });

describe('a reference', () => {
  it.each([
    ['an id', 'id-3', 'id-3'],
    ['another id that it has', 'https://three.example', 'id-3'],
    ['a name', 'Mobile', 'id-3'],
    ['a name in other case', 'MOBILE', 'id-3'],
    ['the exact one of names that differ in case', 'web', 'id-2'],
    ['an id before a name', 'id-1', 'id-1'],
  ])('matches by %s: %s', (_, reference, id) => {
    expect(find(reference).id).toBe(id);
  });

  it('to choose is a name, or an id where several have that name', () => {
    expect(referencesTo(shops.slice(1), ({ id, name }) => ({ name, ids: [id] }))).toBe('web, Mobile, id-4, id-5, id-1');
  });

  it('is ambiguous if several have the name, and their ids are listed', async () => {
    expect(await failureOf(() => find('Kiosk'))).toMatchObject({
      code: 'ambiguous',
      message: "'Kiosk' matches 2 shops: id-4, id-5.",
      hint: 'Pass one of these ids instead of the name.',
    });
  });

  it('is ambiguous if several have the name in other case', async () => {
    expect(await failureOf(() => find('WEB'))).toMatchObject({
      code: 'ambiguous',
      message: "'WEB' matches 2 shops: id-1, id-2.",
    });
  });

  it.each([
    ['Mobil', "Did you mean 'Mobile'? To see all: anon-cli shop list"],
    ['https://thre.example', "Did you mean 'https://three.example'? To see all: anon-cli shop list"],
    ['something else', 'Run: anon-cli shop list'],
  ])('that matches nothing is not found: %s', async (reference, hint) => {
    expect(await failureOf(() => find(reference))).toMatchObject({
      code: 'not_found',
      message: `Shop '${reference}' not found.`,
      hint,
    });
  });

  it('matches nothing in an empty list', async () => {
    expect(await failureOf(() => find('web', []))).toMatchObject({
      code: 'not_found',
      hint: 'Run: anon-cli shop list',
    });
  });
});

describe('the default without a reference', () => {
  const meant = (items: readonly string[], chosen?: string) =>
    defaultChoice(items, { isChosen: (item) => item === chosen, isOpen: (item) => item.startsWith('open') });

  it.each([
    ['is the one that was chosen', ['a', 'open b'], 'a', 'a'],
    ['is the only one when the chosen one is gone', ['a'], 'gone', 'a'],
    ['is the only one that is open', ['a', 'open b', 'c'], undefined, 'open b'],
    ['is none of two that are open', ['open a', 'open b'], undefined, undefined],
    ['is none of two that are closed', ['a', 'b'], undefined, undefined],
    ['is none of none', [], 'a', undefined],
  ])('%s', (_, items, chosen, expected) => {
    expect(meant(items, chosen)).toBe(expected);
  });
});
