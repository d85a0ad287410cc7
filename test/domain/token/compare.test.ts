import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTokens } from '../../../src/domain/token/compare.ts';
import { decode, part } from '../../support/tokens.ts';

async function side(claims: unknown, header: object = { alg: 'none' }) {
  const token = `${part(header)}.${part(claims)}.`;
  return { token, decoded: await decode(token) };
}

async function changes(before: unknown, after: unknown) {
  return compareTokens(await side(before), await side(after)).changes;
}

describe('between two tokens', () => {
  it.each([
    ['a claim is added', { a: 1 }, { a: 1, b: 'x' }, [{ path: 'claims.b', before: undefined, after: 'x' }]],
    ['a claim is removed', { a: 1, b: null }, { a: 1 }, [{ path: 'claims.b', before: null, after: undefined }]],
    ['a claim changes its value', { a: 1 }, { a: '1' }, [{ path: 'claims.a', before: 1, after: '1' }]],
    ['a value becomes an object', { a: 1 }, { a: { b: 1 } }, [{ path: 'claims.a', before: 1, after: { b: 1 } }]],
    ['null becomes an object', { a: null }, { a: {} }, [{ path: 'claims.a', before: null, after: {} }]],
    ['an empty object is added', {}, { a: {} }, [{ path: 'claims.a', before: undefined, after: {} }]],
    [
      'an array is compared whole',
      { a: [1, { b: 2 }] },
      { a: [1, { b: 3 }] },
      [{ path: 'claims.a', before: [1, { b: 2 }], after: [1, { b: 3 }] }],
    ],
    [
      'nested metadata is named by its dotted path',
      { metadata: { cart: { items: 1, old: true }, lost: { x: 1 } } },
      { metadata: { cart: { items: 2 }, won: { y: { z: 1 } } } },
      [
        { path: 'claims.metadata.cart.items', before: 1, after: 2 },
        { path: 'claims.metadata.cart.old', before: true, after: undefined },
        { path: 'claims.metadata.lost.x', before: 1, after: undefined },
        { path: 'claims.metadata.won.y.z', before: undefined, after: 1 },
      ],
    ],
  ])('%s', async (_, before, after, expected) => {
    expect(await changes(before, after)).toEqual(expected);
  });

  it("a claim can have the name of an object's property", async () => {
    const before = JSON.parse('{"__proto__":{"a":1},"constructor":1}');
    expect(await changes(before, {})).toEqual([
      { path: 'claims.__proto__.a', before: 1, after: undefined },
      { path: 'claims.constructor', before: 1, after: undefined },
    ]);
    expect(await changes({}, { toString: 1 })).toEqual([{ path: 'claims.toString', before: undefined, after: 1 }]);
  });

  it('the header and other contents than JSON are compared too', async () => {
    const one = await side({ a: 1 }, { alg: 'none', kid: 'a' });
    const two = await side({ a: 1 }, { alg: 'none', typ: 'JWT' });
    expect(compareTokens(one, two)).toEqual({
      same: false,
      compared: ['header', 'claims'],
      changes: [
        { path: 'header.kid', before: 'a', after: undefined },
        { path: 'header.typ', before: undefined, after: 'JWT' },
      ],
    });
    expect(compareTokens(await side('text'), await side('words')).changes).toEqual([
      { path: 'contents', before: 'text', after: 'words' },
    ]);
  });

  it('another signature is not a difference in content', async () => {
    const one = await side({ a: 1, b: [{}] });
    const two = { token: `${one.token}c2ln`, decoded: await decode(`${one.token}c2ln`) };
    expect(compareTokens(one, two)).toEqual({ same: true, changes: [], compared: ['header', 'claims'] });
  });

  it('of which one is encrypted only the headers are compared, and they are not reported as the same', async () => {
    const sealed = async (last: string) => {
      const token = `${part({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.${last}`;
      return { token, decoded: await decode(token) };
    };
    const one = await sealed('AAAA');
    expect(compareTokens(one, await sealed('BBBB'))).toEqual({ same: false, changes: [], compared: ['header'] });
    expect(compareTokens(one, one).same).toBe(true);
    expect(compareTokens(one, await side({ a: 1 }))).toEqual({
      same: false,
      compared: ['header'],
      changes: [
        { path: 'form', before: 'jwe', after: 'jws' },
        { path: 'header.alg', before: 'dir', after: 'none' },
        { path: 'header.enc', before: 'A256GCM', after: undefined },
      ],
    });
  });
});

it('whatever the claims: none differ from themselves, and two are the same exactly when their JSON is', async () => {
  const claims = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.jsonValue({ maxDepth: 2 }), {
    maxKeys: 3,
  });
  await fc.assert(
    fc.asyncProperty(claims, claims, async (before, after) => {
      // Through JSON first: it knows no -0.
      const [one, two] = [JSON.parse(JSON.stringify(before)), JSON.parse(JSON.stringify(after))];
      expect(await changes(one, one)).toEqual([]);
      const same = sorted(one) === sorted(two);
      expect((await changes(one, two)).length === 0).toBe(same);
    }),
    { seed: 4, numRuns: 300 },
  );
});

function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${sorted(inner)}`);
  return `{${members.sort().join()}}`;
}
