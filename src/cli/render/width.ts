import { stripVTControlCharacters } from 'node:util';

/** Text in which a character is a column, which nearly all text is. */
const plain = /^[\x20-\x7e]*$/;

/**
 * What takes two columns, or none, of a terminal. Two: a flag, a keycap, an emoji (with its skin colour, or made one by
 * the mark after it), and what East Asia writes wide. None: what is put over the character before it.
 * @see Unicode Standard Annex 11 (East Asian Width) and Unicode Technical Standard 51 (emoji)
 */
const wide =
  /\p{RI}\p{RI}|[\d#*]\ufe0f?\u20e3|\p{Emoji_Modifier_Base}\p{Emoji_Modifier}|\p{Emoji}\ufe0f|\p{Emoji_Presentation}|[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/gu;
const over = /[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11ff]/gu;

/** How many columns text takes on a terminal; colours take none. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length;
  const seen = stripVTControlCharacters(text);
  if (plain.test(seen)) return seen.length;
  // Each as many characters as it has columns; what stands over a wide one goes with the marks.
  return [...seen.replaceAll(wide, '==').replaceAll(over, '')].length;
}

/** The same text with spaces behind it, so that it takes `width` columns. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}
