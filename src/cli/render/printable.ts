// Controls, and what reorders, joins or hides text: what could move the cursor, hide a claim or make one
// look like another.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text from outside, safe for a terminal: what a terminal would act on is shown as `\u….` */
export function printable(text: string): string {
  return text.replaceAll(unprintable, (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`);
}

/** Any JSON value on one line, safe for a terminal. */
export function printableValue(value: unknown): string {
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}
