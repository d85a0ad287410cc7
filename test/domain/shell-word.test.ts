import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shellWord } from '../../src/domain/shell-word.ts';

it.each([
  ['web', 'web'],
  ['https://api.shop.example', 'https://api.shop.example'],
  ['read:catalog,write:cart', 'read:catalog,write:cart'],
  ['My shop', "'My shop'"],
  ["Tom's", "'Tom'\\''s'"],
  ['', "''"],
  ['$(reboot)', "'$(reboot)'"],
  ['ünïcode', "'ünïcode'"],
])('%j is written %s', (text, word) => {
  expect(shellWord(text)).toBe(word);
});

const awkward = fc.stringMatching(/^[a-z '"\\$`!*?~#&|;<>(){}[\]\n\t%=-]{0,12}$/);
/** All but NUL, which an argument of a process cannot hold. */
const anything = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));

it('is a single word with the same text for a real shell', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(awkward, anything), { minLength: 1, maxLength: 20 }), (texts) => {
      const script = `printf '%s\\0' ${texts.map(shellWord).join(' ')}`;
      const printed = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
      expect(printed.split('\0').slice(0, -1)).toEqual(texts);
    }),
    { numRuns: 25 },
  );
});
