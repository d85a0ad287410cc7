import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ExactNumber,
  exactJson,
  isExactNumber,
  numberOf,
  plainJson,
  readExactJson,
} from '../../src/wire/exact-json.ts';
import { isJsonObject } from '../../src/wire/schema.ts';

describe('a number is written as it was read', () => {
  it.each([
    '12345678901234567890',
    '9007199254740993',
    '-9007199254740993',
    '1e400',
    '-1E+400',
    '1e-400',
    '-0',
    '1.0',
    '1.50',
    '1E5',
    '1e5',
    '0.1234567890123456789',
    '12345678901234.5678',
    '0.0000001',
    '100000000000000000000000',
    '3.14159265358979323846264338327950288',
  ])('%s', (number) => {
    for (const text of [number, `[${number}]`, `{"a":{"b":[1,${number},"${number}"]}}`]) {
      const value = readExactJson(text);
      expect(exactJson(value)).toBe(text);
      expect(plainJson(value)).toEqual(JSON.parse(text));
      expect(JSON.parse(exactJson(value, 2))).toEqual(JSON.parse(text));
    }
    expect(numberOf(readExactJson(number))).toBe(JSON.parse(number));
  });

  it.each(['1', '0', '-1', '1.5', '1780315200', '9007199254740991', '1e+21'])(
    '%s is a number like any other',
    (number) => {
      expect(readExactJson(number)).toBe(JSON.parse(number));
    },
  );
});

it('other values are read and written as by JSON.parse and JSON.stringify', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      expect(exactJson(value, indent)).toBe(JSON.stringify(value, null, indent));
      expect(plainJson(readExactJson(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it('everything else next to an exact number stays unchanged', () => {
  const number = new ExactNumber('1.0');
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      const text = exactJson({ value, number, gone: undefined }, indent);
      expect(text).toBe(JSON.stringify({ value, number: 'exact' }, null, indent).replace(/"exact"(?=\s*}$)/, '1.0'));
    }),
  );
});

it.each(['', '{', '[1.0', '1.0.0', '{"a":1.0,}', '01.0', '"1.0', '1.0 x', '{"a":--1.0}', '[1e]', '{1.0:1}'])(
  '%j is not JSON, with or without an exact number',
  (text) => {
    expect(() => readExactJson(text)).toThrow(SyntaxError);
  },
);

it('strings can contain anything, also the internal marker for a number', () => {
  for (const text of ['number 0', 'nnumber 0', '1.0', '\\u006eumber 0', '\\u006Eumber 1']) {
    const json = `{"a":"${text}","b":1.0,"${text}":12345678901234567890}`;
    expect(plainJson(readExactJson(json))).toEqual(JSON.parse(json));
    expect(isExactNumber((readExactJson(json) as { b: unknown }).b)).toBe(true);
  }
});

it('a member called __proto__ is like any other', () => {
  const value = readExactJson('{"__proto__":{"a":1.0},"b":-0}') as object;
  expect(Object.keys(value)).toEqual(['__proto__', 'b']);
  expect(exactJson(value)).toBe('{"__proto__":{"a":1.0},"b":-0}');
});

it('an exact number is not read as an object', () => {
  expect(isJsonObject(new ExactNumber('1.0'))).toBe(false);
  expect(Object.keys(new ExactNumber('1.0'))).toEqual([]);
});
