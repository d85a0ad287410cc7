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
])('%j was most likely meant to be %s', (text, meant) => {
  expect(mostSimilar(text, commands)).toBe(meant);
});

it('prefers the nearer of two, and among equals the first', () => {
  expect(mostSimilar('read:catalogs', ['read:catalogue', 'read:catalog'])).toBe('read:catalog');
  expect(mostSimilar('cat', ['car', 'bat'])).toBe('car');
});

it('never takes a candidate of which no letter was typed', () => {
  expect(mostSimilar('x', ['a', 'b'])).toBeUndefined();
  expect(mostSimilar('xy', ['ab'])).toBeUndefined();
});

it('finds nothing where there is nothing', () => {
  expect(mostSimilar('token', [])).toBeUndefined();
});

it('gives a candidate or nothing, and always the one that was typed exactly', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string({ minLength: 1 })), (text, candidates) => {
      const found = mostSimilar(text, candidates);
      if (found !== undefined) expect(candidates).toContain(found);
      if (text !== '' && candidates.includes(text)) expect(found?.toLowerCase()).toBe(text.toLowerCase());
    }),
  );
});
