// C0 and C1 controls, and the marks that reorder or hide text: what could move the cursor, hide a claim
// or make one look like another.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text from outside, safe for a terminal: what a terminal would act on is shown as `\u….` */
export function printable(text: string): string {
  return text.replaceAll(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Any JSON value on one line, safe for a terminal. */
export function printableValue(value: unknown): string {
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}
