import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { paintFor } from '../../../src/cli/render/paint.ts';
import { rows, table } from '../../../src/cli/render/rows.ts';
import { palette } from '../../../src/io/terminal/palette.ts';

const plain = paintFor(false);
const colour = paintFor(palette);

/** What is seen of coloured text. */
const seen = stripVTControlCharacters;

describe('rows', () => {
  it('are two aligned columns', () => {
    const text = rows(plain, [
      ['issuer', 'https://localhost:4400/'],
      ['session lifetime', '30 days'],
    ]);
    expect(text).toBe('  issuer            https://localhost:4400/\n  session lifetime  30 days\n');
  });

  it('are indented as requested', () => {
    expect(rows(plain, [['a', 'b']], 0)).toBe('a  b\n');
  });

  it('look the same with colours', () => {
    const pairs = [
      ['a', colour.green('b')],
      ['longer', 'c'],
    ] as const;
    expect(rows(colour, pairs)).toContain('\u001b[');
    expect(seen(rows(colour, pairs))).toBe('  a       b\n  longer  c\n');
  });
});

describe('a table', () => {
  const header = ['NAME', 'GUESTS', 'ID'];

  it('has columns as wide as needed, and a ragged last one', () => {
    expect(
      table(plain, header, [
        ['web', 'enabled', '1'],
        ['a longer name', 'closed', '22222'],
      ]),
    ).toBe('NAME           GUESTS   ID\nweb            enabled  1\na longer name  closed   22222\n');
  });

  it('is aligned by the visible width of coloured cells', () => {
    const lines = [
      ['web', colour.green('enabled'), '1'],
      ['x', colour.yellow('closed'), '2'],
    ];
    expect(seen(table(colour, header, lines))).toBe('NAME  GUESTS   ID\nweb   enabled  1\nx     closed   2\n');
  });

  it('without rows is its header', () => {
    expect(table(plain, header, [])).toBe('NAME  GUESTS  ID\n');
  });
});
