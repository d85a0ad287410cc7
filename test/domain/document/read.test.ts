import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../src/domain/document/read.ts';

const environment: Readonly<Record<string, string>> = {
  FLAG: 'true',
  NUMBER: '1e3',
  EMPTY: '',
  URL: 'https://a.example',
};

function read(text: string) {
  return readDocument({ name: 'f.yaml', text, variables: (name) => environment[name] });
}

function dataIn(text: string): unknown {
  const { document, problems } = read(text);
  expect(problems).toEqual([]);
  return document?.value;
}

describe('a text', () => {
  it.each([
    ['a: 1\nb: [x, "2", true]', { a: 1, b: ['x', '2', true] }],
    ['{\n\t"a": 1,\n\t"b": [\n\t\t"x\\ty"]\n}', { a: 1, b: ['x\ty'] }],
    ['\ufeffa: 1', { a: 1 }],
    ['a: 1\r\nb:\r\n  - x\r\n', { a: 1, b: ['x'] }],
    ['---\na: no\n...\n', { a: 'no' }],
    [
      'a: on\nb: 1_000\nc: 0o17\nd: 2027-01-01\ne: 12:30:45',
      { a: 'on', b: '1_000', c: 15, d: '2027-01-01', e: '12:30:45' },
    ],
    ['012: 012\n1e3: 1e3\nno: ~\ntrue: True', { '012': 12, '1e3': 1000, no: null, true: true }],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['a: !!str 12', { a: '12' }],
    ['a: |\n  two\n  lines\n', { a: 'two\nlines\n' }],
    ["'<<': 1", { '<<': 1 }],
  ])('%j is read as YAML 1.2', (text, value) => {
    expect(dataIn(text)).toEqual(value);
  });

  it.each([
    ['a: ${FLAG}', true],
    ['a: "${FLAG}"', 'true'],
    ['a: ${NUMBER}', 1000],
    ['a: ${URL}/x', 'https://a.example/x'],
    ['a: ${NONE:-no}', 'no'],
    ['a: ${EMPTY:-30d}', '30d'],
    ['a: "${EMPTY}"', ''],
    ['a: $${FLAG} $FLAG', '${FLAG} $FLAG'],
    ['a: "${FLAG}${FLAG}"', 'truetrue'],
  ])('%j has its references replaced', (text, value) => {
    expect(dataIn(text)).toEqual({ a: value });
  });

  it('has references in keys too', () => {
    expect(dataIn('$${URL}: 1')).toEqual({ '${URL}': 1 });
    expect(dataIn('${URL}: 1\n"${NONE:-b}": 2')).toEqual({ 'https://a.example': 1, b: 2 });
    expect(read('${FLAG}: 1\ntrue: 2').problems[0]).toMatchObject({
      line: 2,
      message: "The key 'true' is already in line 1.",
    });
  });

  it('keeps references where none are replaced', () => {
    expect(readDocument({ name: 'f', text: 'a: ${X}' }).document?.value).toEqual({ a: '${X}' });
  });

  it('knows where each key and value is', () => {
    const { document } = read('apps:\n  web:\n    origins: [a, b]\n  shop: &s\n    - x\ncopy: *s');
    const at = (path: (string | number)[], part?: 'key' | 'value') => {
      const { line, column } = document?.placeOf(path, part) ?? {};
      return `${line}:${column}`;
    };
    expect(at(['apps'])).toBe('2:3');
    expect(at(['apps'], 'key')).toBe('1:1');
    expect(at(['apps', 'web', 'origins', 1])).toBe('3:18');
    expect(at(['apps', 'web', 'origins'], 'key')).toBe('3:5');
    expect(at(['apps', 'web', 'missing', 'deeper'])).toBe('2:3');
    expect(at(['copy'])).toBe('6:7');
    expect(at(['copy', 0])).toBe('5:7');
    expect(at(['none'])).toBe('1:1');
  });
});

/** Line and column, a part of the message, and a part of the hint. */
const wrong: [text: string, place: string, message: string, hint?: string][] = [
  ['', '1:1', 'The file is empty.'],
  ['# only a comment\n', '1:1', 'The file is empty.'],
  ['---\n', '1:1', 'The file is empty.'],
  ['a:\n\tb: 1\n', '2:1', 'A tab indents this line', 'spaces'],
  ['a: [${A}]\n', '1:5', 'Inside brackets, a reference needs quotes.', "['${NAME}']"],
  ['a: {b: ${A}}\n', '1:8', 'Inside brackets, a reference needs quotes.', "['${NAME}']"],
  ['a: 1\n---\nb: 2\n', '2:1', 'A second document begins here'],
  ['a: 1\n...\nfoo', '3:1', 'A second document begins here'],
  ['%YAML 1.1\n---\na: yes\n', '1:1', 'A directive is not supported'],
  ['a: !!js/function x\n', '1:4', 'The tag !!js/function is not supported.', 'Remove it.'],
  ['a: !secret x\n', '1:4', 'The tag !secret is not supported.'],
  ['a: !!binary aGk=\n', '1:4', 'The tag !!binary is not supported.'],
  ['a: *y\n', '1:4', 'No anchor &y is above.', 'put a text in quotes'],
  ['a: &a\n  b: *a\n', '2:6', 'The alias *a contains itself.'],
  ['? [a, b]\n: c\n', '1:3', 'A list or map cannot be a key.'],
  ['a: &k x\n*k : 1', '2:1', 'An alias cannot be a key.'],
  [': b', '1:1', 'A key is missing in front of the colon.'],
  ['<<: {a: 1}\n', '1:1', 'Merge keys (<<) are not part of YAML 1.2.'],
  ['a:\n  __proto__: 1', '2:3', "'__proto__' cannot be a key."],
  ['a: {constructor: 1}', '1:5', "'constructor' cannot be a key.", 'client id'],
  ['a: 1\nb: 2\na: 3\n', '3:1', "The key 'a' is already in line 1.", 'Keep one.'],
  ['{"a": 1, "a": 2}', '1:10', "The key 'a' is already in line 1."],
  ['a: "x\n\nb: 1', '1:4', 'The text that begins here has no closing "'],
  ["a: 'x\n", '1:4', "The text that begins here has no closing '"],
  ['a: b: c\n', '1:4', 'a key in a place where only a value can be', 'in quotes'],
  ['a: 1\n  b: 2\n', '1:4', 'a key in a place where only a value can be', 'indentation'],
  [' a: 1\nb: 2\n', '2:1', 'does not belong to what is above it', 'indentation'],
  ['- a\nb: 1\n', '2:1', 'does not belong to what is above it'],
  ['a: {b: 1\n', '2:1', 'A } is missing'],
  ['c: [a, b\nother: c\n', '2:1', 'A ] is missing'],
  ['a: [b, , c]', '1:8', 'two commas'],
  ['{"a": 1 "b": 2}', '1:7', 'a comma is missing'],
  ['a: @x\n', '1:4', 'cannot begin with this character', 'quotes'],
  ['a: `x`\n', '1:4', 'cannot begin with this character'],
  ['a: %x\n', '1:4', 'cannot begin with this character'],
  ['a: "\\q"\n', '1:5', 'unknown escape', 'single quotes'],
  ['a: >\n\tx', '2:1', 'must be indented'],
  ['a: - b', '1:4', 'A list cannot begin in the line of its key.'],
  ['a: 1\nb: x\u0000y', '2:5', 'U+0000', 'binary'],
  ['\u001bELF', '1:1', 'U+001B'],
  ['['.repeat(100_000), '1:66', 'nested more than 64 levels deep'],
  [
    `a:\n${Array.from({ length: 200 }, (_, level) => `${' '.repeat(level + 1)}a:`).join('\n')}`,
    '65:66',
    'nested more than 64',
  ],
  [`a: ${'x'.repeat(1 << 20)}`, '1:1', 'larger than 1 MiB'],
];

/** The rest of these documents can be checked. */
const unresolved: typeof wrong = [
  ['a: x\nb: ${MISSING}', '2:4', 'The environment variable MISSING is not set.', '${MISSING:-default}'],
  ['a: "see ${MISSING} here"', '1:9', 'MISSING is not set'],
  ['a: x${A', '1:5', "'${A' is not a reference"],
  ['a: ${}', '1:4', "'${}' is not a reference", '${NAME:-default}'],
  ['a: ${1A}', '1:4', "'${1A}' is not a reference"],
  ['a: ${A:?no}', '1:4', "'${A:?no}' is not a reference"],
];

describe('a wrong text', () => {
  const all = [...wrong.map((one) => [one, false] as const), ...unresolved.map((one) => [one, true] as const)];
  it.each(all.map(([[text, ...rest], isUsable]) => [text.slice(0, 50), { text, rest, isUsable }] as const))(
    '%j has its problem',
    (_name, { text, rest: [place, message, hint = ''], isUsable }) => {
      const { document, problems } = read(text);
      expect(document !== undefined).toBe(isUsable);
      expect(problems).toHaveLength(1);
      const [problem] = problems;
      expect(`${problem?.line}:${problem?.column}`).toBe(place);
      expect(problem?.message).toContain(message);
      expect(problem?.hint ?? '').toContain(hint);
    },
  );

  it('says everything that is wrong once its syntax is right', () => {
    const { problems } = read('a: *x\nb: ${MISSING}\nb: 2\nc: !t 1');
    expect(problems.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
  });

  it('ends where aliases multiply, without using memory', () => {
    const letters = 'bcdefghij';
    const lines = [...letters].map(
      (letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(',')}]`,
    );
    const { problems } = read(`a: &a [x,x,x]\n${lines.join('\n')}`);
    expect(problems).toMatchObject([{ message: 'The file has more than 100,000 values.' }]);
  });
});
