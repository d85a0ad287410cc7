import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Paint, paintFor } from '../../../src/cli/render/paint.ts';
import { palette } from '../../../src/io/terminal/palette.ts';

const styles = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const satisfies readonly (keyof Paint)[];

describe('paint', () => {
  it.each(styles)('that is off leaves %s text unchanged', (style) => {
    expect(paintFor(false)[style]('text')).toBe('text');
  });

  it.each(styles)('that is on styles %s text, whatever this process writes to', (style) => {
    const painted = paintFor(palette)[style]('text');
    expect(painted).not.toBe('text');
    expect(stripVTControlCharacters(painted)).toBe('text');
  });

  it('has a style for each purpose', () => {
    const paint = paintFor(palette);
    expect(new Set(styles.map((style) => paint[style]('text'))).size).toBe(styles.length);
  });
});
