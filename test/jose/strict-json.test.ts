import { describe, expect, it } from 'vitest';
import { readStrictJson } from '../../src/jose/json.ts';

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
    ['{"a":1,"a":1}', "names 'a' twice"],
    ['{"alg":1,"\\u0061lg":2}', "names 'alg' twice"],
    ['{"a":[1,{"b":{},"c":[],"b":2}]}', "names 'b' twice"],
    ['{"":1,"":2}', "names '' twice"],
    ['{"a" \t:1,"a"\n:2}', "names 'a' twice"],
    ['{"__proto__":1,"__proto__":2}', "names '__proto__' twice"],
    [nested(33), 'nests more than 32 deep'],
    [nested(33, '[', ']').replace(/.*/s, '{"a":$&}'), 'nests more than 32 deep'],
    [nested(5000), 'nests more than 32 deep'],
    ['[]', 'is not a JSON object'],
    ['null', 'is not a JSON object'],
    ['', 'is not a JSON object'],
    ['{"a":1}x', 'is not a JSON object'],
    ["{'a':1}", 'is not a JSON object'],
    ['{"a":1,}', 'is not a JSON object'],
    ['\ufeff{"a":1}', 'is not a JSON object'],
    ['{"a":NaN}', 'is not a JSON object'],
  ])('where it is not one thing to everybody: %#', (text, problem) => {
    expect(read(text)).toEqual({ problem });
  });

  it('when it is not UTF-8', () => {
    expect(read('{"a":"\xff"}', 'latin1')).toEqual({ problem: 'is not UTF-8' });
  });
});
