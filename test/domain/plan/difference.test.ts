import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedMembers, difference, mismatches } from '../../../src/domain/plan/difference.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';

describe('what a write changes', () => {
  it.each([
    ['a member', { a: 1 }, { a: 2 }, [{ member: 'a', before: 1, after: 2 }]],
    ['a member that is not set', {}, { a: false }, [{ member: 'a', before: undefined, after: false }]],
    ['a member that is removed', { a: 1 }, { a: null }, [{ member: 'a', before: 1, after: null }]],
    [
      'a nested one, and none beside it',
      { a: { b: 1, c: 2 } },
      { a: { b: 3, c: 2 } },
      [{ member: 'a.b', before: 1, after: 3 }],
    ],
    [
      'one in an object that is not there',
      {},
      { a: { b: { c: 1 } } },
      [{ member: 'a.b.c', before: undefined, after: 1 }],
    ],
    ['an object that was a text', { a: 'x' }, { a: { b: 1 } }, [{ member: 'a', before: 'x', after: { b: 1 } }]],
    ['a list, as a whole', { a: ['x'] }, { a: ['x', 'y'] }, [{ member: 'a', before: ['x'], after: ['x', 'y'] }]],
    [
      'the order of a list',
      { a: ['x', 'y'] },
      { a: ['y', 'x'] },
      [{ member: 'a', before: ['x', 'y'], after: ['y', 'x'] }],
    ],
    [
      'a list of objects',
      { a: [{ b: 1 }] },
      { a: [{ b: 2 }] },
      [{ member: 'a', before: [{ b: 1 }], after: [{ b: 2 }] }],
    ],
  ])('is %s', (_, before, members, changes) => {
    expect(difference(before, members)).toEqual(changes);
  });

  it('is nothing without differences, for any value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        expect(difference(JSON.parse(JSON.stringify(value)), value)).toEqual([]);
      }),
    );
  });
});

describe('a change of settings', () => {
  it('is what differs from the effective settings', () => {
    const before = { enabled: true, scopes: ['a'], lifetimeSeconds: 60 };
    expect(changedMembers(before, { enabled: true, scopes: ['a', 'b'] })).toEqual({ scopes: ['a', 'b'] });
    expect(changedMembers(before, { ...before, scopes: ['a'] })).toEqual({});
    expect(changedMembers<Partial<typeof before>>(before, { lifetimeSeconds: undefined })).toEqual({});
  });
});

describe('what a tenant shows after a write', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['has it', { a: 1, b: 'x', c: true }, { a: 1, b: 'x', c: true }],
    ['has defaults beside it', { a: 1 }, { a: 1, b: 2, id: 'x' }],
    ['has defaults inside of it', { a: { b: 1 } }, { a: { b: 1, c: 2 } }],
    ['no longer has what null removed', { a: null }, {}],
    ['has null for what null removed', { a: null }, { a: null }],
    ['leaves out what is empty', { b: [], c: '' }, {}],
    ['leaves out an object of such', { a: { b: '' } }, {}],
    ['has a list in another order', { scope: ['a', 'b', 'c'] }, { scope: ['c', 'a', 'b'] }],
    [
      'has objects of a list in another order, with more in them',
      { scopes: [{ value: 'a' }, { value: 'b' }] },
      {
        scopes: [
          { value: 'b', description: 'B' },
          { value: 'a', description: '' },
        ],
      },
    ],
  ])('is as requested if it %s', (_, sent, shown) => {
    expect(mismatches(sent, shown)).toEqual([]);
  });

  it.each<[string, JsonObject, JsonObject, string[]]>([
    ['another value', { a: 1, b: 2 }, { a: 1, b: 3 }, ['b']],
    ['another type', { a: 1 }, { a: '1' }, ['a']],
    ['nothing', { a: true }, {}, ['a']],
    // A default may be true.
    ['nothing for what was to be off', { a: { b: false } }, {}, ['a.b']],
    ['null', { a: 1 }, { a: null }, ['a']],
    ['what was to be removed', { a: null }, { a: 1 }, ['a']],
    ['what was to be off', { a: false }, { a: true }, ['a']],
    ['another value inside', { a: { b: 1, c: { d: 2 } } }, { a: { b: 1, c: { d: 3 } } }, ['a.c.d']],
    ['no object', { a: { b: 1 } }, {}, ['a.b']],
    ['no object but a text', { a: { b: 1 } }, { a: 'x' }, ['a']],
    ['less of a list', { scope: ['a', 'b'] }, { scope: ['a'] }, ['scope']],
    ['more of a list', { scope: ['a'] }, { scope: ['a', 'b'] }, ['scope']],
    ['one of a list twice', { scope: ['a', 'b'] }, { scope: ['a', 'a'] }, ['scope']],
    ['no list', { scope: ['a'] }, { scope: 'a' }, ['scope']],
    ['a list that was to be empty', { scope: [] }, { scope: ['a'] }, ['scope']],
    [
      'another object in a list',
      { claims: [{ name: 'a', expression: 'x' }] },
      { claims: [{ name: 'a', expression: 'y' }] },
      ['claims'],
    ],
  ])('is not as requested if it has %s', (_, sent, shown, members) => {
    expect(mismatches(sent, shown).map(({ member }) => member)).toEqual(members);
  });
});
