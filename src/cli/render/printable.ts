import { exactJson } from '../../wire/exact-json.ts';

// Controls, what reorders, joins or hides text, and half characters: what could move the cursor, hide a claim or make
// one look like another.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u3164\uffa0]/gu;

/** The same with the rest of a colour behind it, where it is one. */
const unprintableOrColour = new RegExp(`${unprintable.source}(?:\\[[\\d;]*m)?`, 'gu');

/**
 * What runners of CI jobs take for a command wherever it stands in a line: `##[error]`, `##vso[task.setvariable …]`,
 * `##teamcity[…]`.
 */
const runnerCommand = /#(?=#[a-z]*\[)/gi;

/** What one of GitHub takes for one at the start of a line, whatever space or colour is before it: `::set-output …`. */
const runnerCommandAtStart = /^((?:[^\S\n]|\p{Cc}\[[\d;]*m)*):(?=:)/gmu;

/** Text from outside, safe for a terminal and for the log of a CI job: what would be acted on is shown as `\u….` */
export function printable(text: string): string {
  return text.replaceAll(unprintable, escaped).replaceAll(runnerCommand, escaped);
}

/** Any JSON value on one line, safe for a terminal. */
export function printableValue(value: unknown): string {
  return printable(typeof value === 'string' ? value : exactJson(value));
}

/** All that is printed for people at once, whatever text from outside is in it: its lines and colours stay. */
export function printableLines(text: string): string {
  return text
    .replaceAll(unprintableOrColour, (found) => {
      const isColour = found.startsWith('\u001b[');
      return isColour || found.startsWith('\n') || found.startsWith('\t') ? found : found.replace(unprintable, escaped);
    })
    .replaceAll(runnerCommand, escaped)
    .replaceAll(runnerCommandAtStart, (_, before: string) => `${before}${escaped(':')}`);
}

/** JSON that means the same and is safe for a terminal: what it would act on is written as JSON's own escapes. */
export function printableJson(value: unknown, indent?: number): string {
  return exactJson(value, indent)
    .replaceAll(unprintable, (character) => {
      // A line break stands only between members; in a text JSON has escaped it already.
      if (character === '\n') return character;
      const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
      return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
    })
    .replaceAll(runnerCommand, escaped);
}

function escaped(character: string): string {
  return `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`;
}
