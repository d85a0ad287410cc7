import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mostSimilar } from '../../src/domain/did-you-mean.ts';

const commands = ['tenant', 'token', 'app', 'api', 'local', 'profile', 'quickstart'];

it.each([
  ['tenent', 'tenant'],
  ['tokne', 'token'],
  ['TOKEN', 'token'],
  ['quickstrat', 'quickstart'],
  ['quick', 'quickstart'],
  ['prof', 'profile'],
  ['lcal', 'local'],
  ['apo', 'app'],
  ['zzz', undefined],
  ['', undefined],
  ['deploy', undefined],
])('%j suggests %s', (text, meant) => {
  expect(mostSimilar(text, commands)).toBe(meant);
});

it('prefers the nearest candidate, and the first of equals', () => {
  expect(mostSimilar('read:catalogs', ['read:catalogue', 'read:catalog'])).toBe('read:catalog');
  expect(mostSimilar('cat', ['car', 'bat'])).toBe('car');
});

it('never suggests a candidate without a common letter', () => {
  expect(mostSimilar('x', ['a', 'b'])).toBeUndefined();
  expect(mostSimilar('xy', ['ab'])).toBeUndefined();
});

it.each([
  ['foo', 'fix', undefined],
  ['wab', 'api', undefined],
  ['wbe', 'web', 'web'],
  ['paI', 'api', 'api'],
  ['wab', 'web', 'web'],
])('in %j, %j is suggested only with one edit or the same letters', (text, candidate, meant) => {
  expect(mostSimilar(text, [candidate])).toBe(meant);
});

it('finds nothing in an empty list', () => {
  expect(mostSimilar('token', [])).toBeUndefined();
});

it('returns a candidate or nothing, and always an exact match', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string({ minLength: 1 })), (text, candidates) => {
      const found = mostSimilar(text, candidates);
      if (found !== undefined) expect(candidates).toContain(found);
      if (text !== '' && candidates.includes(text)) expect(found?.toLowerCase()).toBe(text.toLowerCase());
    }),
  );
});
