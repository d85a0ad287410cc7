import { exactJson } from '../../wire/exact-json.ts';

// Compiling patterns with Unicode properties takes as long as a short command's work, so most text never meets one.

/** Characters that are never dangerous. `#` is missing: it begins what a CI runner executes. */
const common = /^[\x20-\x22\x24-\x7e…✔✘→]*$/;
const commonLines = /^[\n\x20-\x22\x24-\x7e…✔✘→]*$/;

/** Control and format characters and lone surrogates: they could move the cursor, hide a claim or make it look like another. */
function unprintable(): RegExp {
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u3164\uffa0]/gu;
}

/** Matches a colour's whole escape sequence too. */
function unprintableOrColour(): RegExp {
  return new RegExp(`${unprintable().source}(?:\\[[\\d;]*m)?`, 'gu');
}

/**
 * What CI runners execute as a command anywhere in a line: `##[error]`, `##vso[task.setvariable …]`,
 * `##teamcity[…]`.
 */
const runnerCommand = /#(?=#[a-z]*\[)/gi;

/** What GitHub's runner executes at the start of a line, after white space or colours: `::set-output …`. */
function runnerCommandAtStart(): RegExp {
  return /^((?:[^\S\n]|\p{Cc}\[[\d;]*m)*):(?=:)/gmu;
}

/** Text from outside, safe for a terminal and a CI log: dangerous characters are shown as `\u….` */
export function printable(text: string): string {
  if (common.test(text)) return text;
  return text.replaceAll(unprintable(), escaped).replaceAll(runnerCommand, escaped);
}

const longestStart = 1000;

/** The same for text of any length, such as what users' code prints. */
export function printableStart(text: string): string {
  return printable(text.length > longestStart ? `${text.slice(0, longestStart - 1)}…` : text);
}

/** Any JSON value on one line, safe for a terminal. */
export function printableValue(value: unknown): string {
  return printable(typeof value === 'string' ? value : exactJson(value));
}

/** A whole text for people, which may contain text from outside: keeps its lines and colours. */
export function printableLines(text: string): string {
  if (commonLines.test(text) && !text.includes('::')) return text;
  return text
    .replaceAll(unprintableOrColour(), (found) => {
      const isColour = found.startsWith('\u001b[');
      return isColour || found.startsWith('\n') || found.startsWith('\t')
        ? found
        : found.replace(unprintable(), escaped);
    })
    .replaceAll(runnerCommand, escaped)
    .replaceAll(runnerCommandAtStart(), (_, before: string) => `${before}${escaped(':')}`);
}

/** Equivalent JSON that is safe for a terminal: dangerous characters are written as JSON escapes. */
export function printableJson(value: unknown, indent?: number): string {
  const text = exactJson(value, indent);
  if (commonLines.test(text)) return text;
  return text
    .replaceAll(unprintable(), (character) => {
      // Only between members: JSON escapes line breaks in strings.
      if (character === '\n') return character;
      const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
      return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
    })
    .replaceAll(runnerCommand, escaped);
}

function escaped(character: string): string {
  return `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`;
}
