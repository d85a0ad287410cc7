import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openQuotes, readBashWord, writeBashWord } from '../../../src/cli/completion/shells.ts';

const awkward = [
  'my shop',
  "it's",
  'say "hi"',
  '$(touch pwned)',
  '`touch pwned`',
  '$HOME',
  'a;touch pwned',
  'a&b|c>d<e',
  '(x)',
  '{a,b}',
  '*?[x]',
  '~root',
  '#no',
  '!x',
  'back\\slash\\',
  'read:catalog',
  'a=b@c',
  'zürich 日本 😀',
  "$'\\x41'",
  '\\$(touch pwned)',
];

const control = /[\p{Cc}\p{Cs}]/u;
const text = fc.string({ unit: 'binary', minLength: 1 }).filter((one) => !control.test(one));

/** The words as bash itself reads them from a line. */
function asBashReads(words: readonly string[]): string[] {
  const script = `printf '%s\\0' ${words.join(' ')}`;
  const env = { PATH: process.env.PATH, HOME: '/nowhere', LC_ALL: 'C.UTF-8' };
  return execFileSync('bash', ['--norc', '-c', script], { env, encoding: 'utf8', cwd: '/' }).split('\0').slice(0, -1);
}

it.each(openQuotes)('bash reads a quoted word unchanged, after an open [%s]', (open) => {
  const written = awkward.map((text) => `${open}${writeBashWord(text, open)}${open}`);
  expect(asBashReads(written)).toEqual(awkward);
});

it('bash reads any quoted word without control characters unchanged', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ text, open: fc.constantFrom(...openQuotes) }), { minLength: 1 }), (words) => {
      const written = words.map(({ text, open }) => `${open}${writeBashWord(text, open)}${open}`);
      expect(asBashReads(written)).toEqual(words.map(({ text }) => text));
    }),
    { numRuns: 30 },
  );
});

it('quoted words are read back, with the quote that is still open', () => {
  fc.assert(
    fc.property(text, fc.constantFrom(...openQuotes), (text, open) => {
      expect(readBashWord(open + writeBashWord(text, open))).toMatchObject({ text, open });
    }),
  );
});

it.each([
  ['my\\ shop', 'my shop', ''],
  ["'my shop'", 'my shop', ''],
  ['"my shop', 'my shop', '"'],
  [`'it'\\''s`, "it's", "'"],
  ['"a\\b\\"c"', 'a\\b"c', ''],
  ['$(touch x)', '$(touch x)', ''],
  ['`touch x`', '`touch x`', ''],
  ['ends\\', 'ends', ''],
])('%s is read as %s', (typed, text, open) => {
  expect(readBashWord(typed)).toMatchObject({ text, open });
});

it('a colon, a comma and an equals sign stay unquoted, because bash breaks words there', () => {
  expect(writeBashWord('--scopes=read:catalog,write:cart', '')).toBe('--scopes=read:catalog,write:cart');
});

it.each([
  [`'it'\\''s`, "it'"],
  ['my" sh', 'my'],
  ["'my", ''],
  ["'my'", ''],
])('%s has %s before the quote that is open', (typed, before) => {
  expect(readBashWord(typed).before).toBe(before);
});
