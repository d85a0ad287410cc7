import { stripVTControlCharacters } from 'node:util';

/** Text with one column per character. */
const plain = /^[\x20-\x7e]*$/;

/** How many columns text takes on a terminal; escape sequences take none. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length;
  const seen = stripVTControlCharacters(text);
  if (plain.test(seen)) return seen.length;
  const { wide, over } = patterns();
  // One character per column.
  return [...seen.replaceAll(wide, '==').replaceAll(over, '')].length;
}

/**
 * Characters of two columns, `wide`: flags, keycaps, emoji (with a skin tone, or by a variation selector) and East Asian wide
 * characters. Characters of none, `over`: combining marks and controls.
 * In a function, because compiling them takes as long as a short command's work.
 * @see Unicode Standard Annex 11 (East Asian Width) and Unicode Technical Standard 51 (emoji)
 */
function patterns(): { readonly wide: RegExp; readonly over: RegExp } {
  return {
    wide: /\p{RI}\p{RI}|[\d#*]\ufe0f?\u20e3|\p{Emoji_Modifier_Base}\p{Emoji_Modifier}|\p{Emoji}\ufe0f|\p{Emoji_Presentation}|[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/gu,
    over: /[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11ff]/gu,
  };
}

/** Pads text with spaces to `width` columns. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}
