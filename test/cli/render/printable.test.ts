import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableJson, printableValue } from '../../../src/cli/render/printable.ts';
import { hostileText, unsafe } from '../../support/screen.ts';

describe('text from outside', () => {
  it.each([
    ['plain ASCII ~', 'plain ASCII ~'],
    ['ünïcode 🛒 日本 עברית', 'ünïcode 🛒 日本 עברית'],
    ['a\nb\tc\rd', 'a\\u000ab\\u0009c\\u000dd'],
    ['\u001b[31mred', '\\u001b[31mred'],
    ['\u009b31m', '\\u009b31m'],
    ['\u007f', '\\u007f'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['\u2066a\u2069', '\\u2066a\\u2069'],
    ['\u061c\u200f', '\\u061c\\u200f'],
    ['a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    ['\u2028\u2029', '\\u2028\\u2029'],
    ['\u00ad', '\\u00ad'],
    ['\u{e0041}', '\\ue0041'],
  ])('%j is shown as %s', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('is safe for a terminal, whatever it is', () => {
    fc.assert(
      fc.property(hostileText, (given) => {
        expect(printable(given)).not.toMatch(unsafe);
      }),
    );
  });
});

it.each([
  ['text', 'text'],
  [7, '7'],
  [null, 'null'],
  [true, 'true'],
  [['a', 1], '["a",1]'],
  [{ a: 'b\nc' }, '{"a":"b\\nc"}'],
  [{ a: '\u202e' }, '{"a":"\\u202e"}'],
])('the value %j is one safe line', (value, text) => {
  expect(printableValue(value)).toBe(text);
});

describe('JSON for a terminal', () => {
  it.each([undefined, 2])('means what it meant and is safe, indented by %s', (indent) => {
    fc.assert(
      fc.property(fc.dictionary(hostileText, hostileText), (value) => {
        const text = printableJson(value, indent);
        expect(JSON.parse(text)).toEqual(value);
        expect(text.replaceAll('\n', '')).not.toMatch(unsafe);
      }),
    );
  });

  it('escapes what is beyond 16 bits as two units', () => {
    expect(printableJson('\u{e0041}')).toBe('"\\udb40\\udc41"');
  });
});
