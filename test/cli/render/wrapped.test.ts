import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paintFor } from '../../../src/cli/render/paint.ts';
import { displayWidth } from '../../../src/cli/render/width.ts';
import { behind, beside, command, fitted, wrapped } from '../../../src/cli/render/wrapped.ts';
import { palette } from '../../../src/io/terminal/palette.ts';
import { wordsOf } from '../../support/command.ts';

const paint = paintFor(palette);
const id = 'pAphrnBkI9dfDxgwA8anOh2PuEU2rcBF';

describe('text', () => {
  it('is broken at spaces, with longer words on their own line', () => {
    expect(wrapped(`see ${id} for more`, 12)).toEqual(['see', id, 'for more']);
    expect(wrapped('one two', 7)).toEqual(['one two']);
    expect(wrapped('one two', 6)).toEqual(['one', 'two']);
    expect(wrapped('', 10)).toEqual(['']);
  });

  it('of wide characters fits by its visible width', () => {
    expect(wrapped('日本 日本 日本', 9)).toEqual(['日本 日本', '日本']);
  });

  it('ends its colour with the line and resumes it in the next', () => {
    const lines = wrapped(`${paint.red('one two')} three`, 4);
    expect(lines.map((line) => stripVTControlCharacters(line))).toEqual(['one', 'two', 'three']);
    expect(lines[0]).toBe('\u001b[1m\u001b[31mone\u001b[22m\u001b[39m');
    expect(lines[1]?.startsWith('\u001b[1m\u001b[31mtwo')).toBe(true);
    expect(lines[2]).toBe('three');
  });

  it('never loses a word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1 })),
        fc.integer({ min: 1, max: 50 }),
        (parts, width) => {
          const text = parts.map((part) => part.replaceAll(/\s/g, '')).join(' ');
          expect(wrapped(text, width).join(' ')).toBe(text);
          for (const line of wrapped(text, width))
            expect(displayWidth(line) <= width || !line.includes(' ')).toBe(true);
        },
      ),
    );
  });
});

describe('text beside a label', () => {
  it('continues in its column', () => {
    expect(beside('hint:  ', 'some words that go on for a while', 30)).toBe(
      'hint:  some words that go on\n       for a while\n',
    );
  });

  it('goes below it if a word does not fit beside it', () => {
    expect(beside('  client id of it  ', id, 40)).toBe(`  client id of it\n    ${id}\n`);
    expect(beside('  client id of it  ', id, 60)).toBe(`  client id of it  ${id}\n`);
  });

  it('is moved to the left if it is a word that fits only there', () => {
    const guest = 'anon|f81d4fae-7dec-41d0-8765-00a0c91e6bf6';
    expect(beside('  guest  ', guest, 44)).toBe(`  guest\n   ${guest}\n`);
    expect(beside('  guest  ', `cart ${guest}`, 41)).toBe(`  guest\n    cart\n${guest}\n`);
  });

  it('stays on its line if the width is unknown', () => {
    expect(beside('a  ', 'b '.repeat(100), Number.POSITIVE_INFINITY)).toBe(`a  ${'b '.repeat(100)}\n`);
  });
});

describe('prose after a label', () => {
  it('continues in its column, and moves a word that does not fit to the left', () => {
    expect(behind('error: ', `There is no client ${id}x of yours.`, 40)).toBe(
      `error: There is no client\n       ${id}x\n       of yours.\n`,
    );
    expect(behind('error: ', `No ${id}.`, 36)).toBe(`error: No\n   ${id}.\n`);
    expect(behind('error: ', `${id}${id} is none.`, 40)).toBe(`error:\n${id}${id}\n       is none.\n`);
  });
});

describe('a command', () => {
  const words = ['anon-cli', 'api', 'scopes', 'remove', "'my own shop'", 'read:catalog', '--profile', "'it'\\''s'"];

  it.each([20, 40, 60])('stays a single command for a shell over lines of %i columns', (columns) => {
    const text = command(words.join(' '), columns, '  ');
    expect(text.split('\n').length).toBeGreaterThan(1);
    expect(text.replaceAll(/ \\\n\s*/g, ' ')).toBe(words.join(' '));
    // What is quoted is not broken: a backslash there would be one.
    expect(text).toContain("'my own shop'");
  });

  it('is unchanged if it fits', () => {
    expect(command(words.join(' '), 100, '  ')).toBe(words.join(' '));
  });

  it.each([
    ['curl -d client_id=abc -d audience=xyz', 'curl -d client_id=abc \\\n  -d audience=xyz'],
    ['curl --data client_id=abc --data a=xyz', 'curl --data client_id=abc \\\n  --data a=xyz'],
  ])('keeps an option and its value on one line: %s', (text, expected) => {
    expect(command(text, 32, '  ')).toBe(expected);
  });

  it('that has little room starts further to the left', () => {
    const text = `            ${paint.cyan('$ anon-cli tenant set-lifetime 30d')}`;
    expect(stripVTControlCharacters(fitted(text, 40))).toBe('  $ anon-cli tenant set-lifetime 30d');
    expect(stripVTControlCharacters(fitted(text, 60))).toBe('            $ anon-cli tenant set-lifetime 30d');
  });

  it('in a text is broken as a command, and everything else as text', () => {
    const text = `Some words that are too many for a line of forty columns.\n  ${paint.cyan('$ anon-cli token update --meta cart.items:=3 --profile acme')}\n`;
    const lines = stripVTControlCharacters(fitted(text, 40)).split('\n');
    expect(lines).toEqual([
      'Some words that are too many for a line',
      '  of forty columns.',
      // An option stays with its value.
      '  $ anon-cli token update \\',
      '      --meta cart.items:=3 \\',
      '      --profile acme',
      '',
    ]);
    const [, , ...shown] = lines;
    expect(wordsOf(shown.join(' ').replaceAll(/ \\ +/g, ' ').trim().slice(2))).toEqual([
      'token',
      'update',
      '--meta',
      'cart.items:=3',
      '--profile',
      'acme',
    ]);
  });
});
