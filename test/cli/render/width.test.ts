import { describe, expect, it } from 'vitest';
import { paintFor } from '../../../src/cli/render/paint.ts';
import { displayWidth, padded } from '../../../src/cli/render/width.ts';
import { palette } from '../../../src/io/terminal/palette.ts';

describe('the width of text', () => {
  it.each([
    ['', 0],
    ['web', 3],
    ['Zoë', 3],
    ['Zoe\u0308', 3],
    ['日本語', 6],
    ['한국어', 6],
    ['ｗｅｂ', 6],
    ['ﾊﾝｶｸ', 4],
    ['カフェ ok', 9],
    ['🛒 cart', 7],
    ['👍🏽', 2],
    ['❤\ufe0f', 2],
    ['❤', 1],
    ['🇩🇪 🇯🇵', 5],
    ['1\ufe0f\u20e3', 2],
    ['…', 1],
    ['✔ ok', 4],
    ['×', 1],
    ['שלום', 4],
    ['ไทย', 3],
    ['น้ำ', 2],
    ['𠮷', 2],
  ])('of %j is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
    expect(displayWidth(paintFor(palette).green(text))).toBe(width);
  });

  it('is padded with spaces', () => {
    expect(padded('日本', 6)).toBe('日本  ');
    expect(padded('longer', 3)).toBe('longer');
    expect(displayWidth(padded(paintFor(palette).red('é'), 5))).toBe(5);
  });
});
