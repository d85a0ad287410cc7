import { describe, expect, it } from 'vitest';
import { isDeeperThan, readStrictJson } from '../../src/jose/json.ts';

const read = (text: string, encoding: BufferEncoding = 'utf8') => readStrictJson(Buffer.from(text, encoding));
const nested = (depth: number, open = '{"a":', close = '}') => `${open.repeat(depth)}1${close.repeat(depth)}`;

describe('a JSON object is read', () => {
  it.each([
    '{}',
    ' {"a" : {"a": 1}, "b": [{"a": 1}, {"a": "a"}] }\n',
    '{"a":"\\"b\\":","b":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a":"\\\\","b":1}',
    '{"":1," ":2,"\\u0000":3}',
    '{"__proto__":{"a":1},"constructor":2}',
    `{"a":"${'x'.repeat(100_000)}"}`,
    '{"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}',
    nested(32),
  ])('as JSON.parse reads it: %s', (text) => {
    expect(read(text)).toEqual({ value: JSON.parse(text) });
  });
});

describe('and refused', () => {
  it.each([
    ['{"a":1,"a":1}', "has two members named 'a'"],
    ['{"alg":1,"\\u0061lg":2}', "has two members named 'alg'"],
    ['{"a":[1,{"b":{},"c":[],"b":2}]}', "has two members named 'b'"],
    ['{"":1,"":2}', "has two members named ''"],
    ['{"a" \t:1,"a"\n:2}', "has two members named 'a'"],
    ['{"__proto__":1,"__proto__":2}', "has two members named '__proto__'"],
    [nested(33), 'nests more than 32 levels deep'],
    [nested(33, '[', ']').replace(/.*/s, '{"a":$&}'), 'nests more than 32 levels deep'],
    [nested(5000), 'nests more than 32 levels deep'],
    ['[]', 'is not a JSON object'],
    ['null', 'is not a JSON object'],
    ['', 'is not a JSON object'],
    ['{"a":1}x', 'is not a JSON object'],
    ["{'a':1}", 'is not a JSON object'],
    ['{"a":1,}', 'is not a JSON object'],
    ['\ufeff{"a":1}', 'is not a JSON object'],
    ['{"a":NaN}', 'is not a JSON object'],
  ])('if readers could disagree: %#', (text, problem) => {
    expect(read(text)).toEqual({ problem });
  });

  it('when it is not UTF-8', () => {
    expect(read('{"a":"\xff"}', 'latin1')).toEqual({ problem: 'is not UTF-8' });
  });
});

const listsAndObjects = (levels: number) => JSON.parse(`${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`);

it.each([
  [0, 'text', false],
  [0, null, false],
  [0, {}, false],
  [0, [1], true],
  [1, { a: 1, b: { c: 2 } }, true],
  [2, { a: 1, b: { c: 2 } }, false],
  [10, listsAndObjects(10), false],
  [10, listsAndObjects(12), true],
  [500, listsAndObjects(200_000), true],
])('deeper than %i: %#', (levels, value, deeper) => {
  expect(isDeeperThan(levels, value)).toBe(deeper);
});
