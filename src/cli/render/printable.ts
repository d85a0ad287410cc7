import { exactJson } from '../../wire/exact-json.ts';

// Controls, and what reorders, joins or hides text: what could move the cursor, hide a claim or make one
// look like another.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text from outside, safe for a terminal: what a terminal would act on is shown as `\u….` */
export function printable(text: string): string {
  return text.replaceAll(unprintable, (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`);
}

/** Any JSON value on one line, safe for a terminal. */
export function printableValue(value: unknown): string {
  return printable(typeof value === 'string' ? value : exactJson(value));
}

/** JSON that means the same and is safe for a terminal: what it would act on is written as JSON's own escapes. */
export function printableJson(value: unknown, indent?: number): string {
  return exactJson(value, indent).replaceAll(unprintable, (character) => {
    // A line break stands only between members; in a text JSON has escaped it already.
    if (character === '\n') return character;
    const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
