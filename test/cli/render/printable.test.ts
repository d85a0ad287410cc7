import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableJson, printableLines, printableValue } from '../../../src/cli/render/printable.ts';
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
    ['\ud800a', '\\ud800a'],
    ['\u3164\uffa0', '\\u3164\\uffa0'],
    ['##[error]x', '\\u0023#[error]x'],
    ['a ##vso[task.setvariable variable=x]y', 'a \\u0023#vso[task.setvariable variable=x]y'],
    ['##TeamCity[x] # a ## b', '\\u0023#TeamCity[x] # a ## b'],
  ])('%j is shown as %s', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('is always safe for a terminal', () => {
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

describe('all that is printed at once', () => {
  it.each([
    ['keeps lines, columns and colours', 'a\n\u001b[1mb\u001b[22m\tc\n', 'a\n\u001b[1mb\u001b[22m\tc\n'],
    ['has no other control', 'a\u001b[2Jb\u009b31m\r', 'a\\u001b[2Jb\\u009b31m\\u000d'],
    ['begins no line with a command', '::error::x\n  ::warning::y\n', '\\u003a:error::x\n  \\u003a:warning::y\n'],
    ['nor behind colours and odd spaces', '\u001b[1m\u00a0\u3000::x::y', '\u001b[1m\u00a0\u3000\\u003a:x::y'],
    ['may have colons elsewhere', 'a ::b\n: c\n:d', 'a ::b\n: c\n:d'],
    ['has no command anywhere', 'a ##[x]', 'a \\u0023#[x]'],
  ])('%s', (_, text, shown) => {
    expect(printableLines(text)).toBe(shown);
  });
});

describe('JSON for a terminal', () => {
  it.each([undefined, 2])('keeps its meaning and is safe, indented by %s', (indent) => {
    fc.assert(
      fc.property(fc.dictionary(hostileText, hostileText), (value) => {
        const text = printableJson(value, indent);
        expect(JSON.parse(text)).toEqual(value);
        expect(text.replaceAll('\n', '')).not.toMatch(unsafe);
      }),
    );
  });

  it('contains no command for a CI runner, and keeps its meaning', () => {
    const value = { name: '##vso[a]b', list: ['::error::x', '\\##[c]'] };
    const text = printableJson(value, 2);
    expect(text).not.toMatch(/##[a-z]*\[|^\s*::/m);
    expect(JSON.parse(text)).toEqual(value);
  });

  it('escapes characters beyond 16 bits as two units', () => {
    expect(printableJson('\u{e0041}')).toBe('"\\udb40\\udc41"');
  });
});
