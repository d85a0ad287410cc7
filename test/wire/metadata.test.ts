import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeMetadata, metadataBytes, refusedMetadataKey } from '../../src/wire/metadata.ts';
import type { JsonObject } from '../../src/wire/schema.ts';

const metadata = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 })
  .map((value): JsonObject => JSON.parse(JSON.stringify(value)));

describe('merging metadata', () => {
  it.each([
    ['adds a key', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
    ['replaces a key', { a: 1 }, { a: 2 }, { a: 2 }],
    ['replaces a nested object whole', { a: { x: 1, y: 2 } }, { a: { z: 3 } }, { a: { z: 3 } }],
    ['removes a key by null', { a: 1, b: 2 }, { a: null }, { b: 2 }],
    ['takes null for a key that is not there', { a: 1 }, { b: null }, { a: 1 }],
    ['keeps null inside a nested object', {}, { a: { x: null } }, { a: { x: null } }],
    ['changes nothing without members', { a: 1 }, {}, { a: 1 }],
  ])('%s', (_, current, change, merged) => {
    expect(mergeMetadata(current, change)).toEqual(merged);
  });

  it('has each key of the change that is not null, and the other existing keys', () => {
    fc.assert(
      fc.property(metadata, metadata, (current, change) => {
        const expected = Object.entries({ ...current, ...change }).filter(([, value]) => value !== null);
        expect(Object.entries(mergeMetadata(current, change))).toEqual(expected);
      }),
    );
  });

  it('gives the same result if the change is applied twice', () => {
    fc.assert(
      fc.property(metadata, metadata, (current, change) => {
        const once = mergeMetadata(current, change);
        expect(mergeMetadata(once, change)).toEqual(once);
      }),
    );
  });

  it('does not change its arguments', () => {
    fc.assert(
      fc.property(metadata, metadata, (current, change) => {
        const before = JSON.stringify([current, change]);
        mergeMetadata(current, change);
        expect(JSON.stringify([current, change])).toBe(before);
      }),
    );
  });
});

describe('the size of metadata', () => {
  it.each([
    ['nothing', {}, 2],
    ['ASCII', { a: 'b' }, 9],
    ['two bytes a letter', { a: 'é' }, 10],
    ['four bytes an emoji', { a: '🛒' }, 12],
    ['an escaped quote', { a: '"' }, 10],
  ])('counts bytes of UTF-8 JSON: %s', (_, value, bytes) => {
    expect(metadataBytes(value)).toBe(bytes);
  });

  it('is the length of the JSON as UTF-8', () => {
    fc.assert(
      fc.property(metadata, (value) => {
        expect(metadataBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value), 'utf8'));
      }),
    );
  });
});

describe('keys that metadata may not have', () => {
  it.each(['__proto__', 'constructor', 'prototype'])('finds %s at any depth', (key) => {
    const bad = JSON.parse(`{"${key}":1}`);
    expect(refusedMetadataKey(bad)).toBe(key);
    expect(refusedMetadataKey({ a: bad })).toBe(key);
    expect(refusedMetadataKey({ a: [1, { b: [bad] }] })).toBe(key);
  });

  it.each([[{}], [{ a: 'constructor' }], [{ a: ['__proto__'] }], [{ proto: { Prototype: null } }]])(
    'finds nothing in %j',
    (value) => {
      expect(refusedMetadataKey(value)).toBeUndefined();
    },
  );
});
