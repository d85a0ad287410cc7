import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changed } from '../../../src/domain/plan/changed.ts';
import { difference } from '../../../src/domain/plan/difference.ts';

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

  it('is nothing where all is so, whatever it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        expect(difference(JSON.parse(JSON.stringify(value)), value)).toEqual([]);
      }),
    );
  });
});

describe('a change of settings', () => {
  it('is what differs from what counts now', () => {
    const before = { enabled: true, scopes: ['a'], lifetimeSeconds: 60 };
    expect(changed(before, { enabled: true, scopes: ['a', 'b'] })).toEqual({ scopes: ['a', 'b'] });
    expect(changed(before, { ...before, scopes: ['a'] })).toEqual({});
    expect(changed<Partial<typeof before>>(before, { lifetimeSeconds: undefined })).toEqual({});
  });
});
