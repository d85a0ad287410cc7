import type { Palette } from '../../io/terminal/palette.ts';
import { displayWidth } from './width.ts';

// All line breaking for terminals: only at spaces. A word longer than the line, such as an id, gets its own line.

/** Text broken at its spaces into lines of `width` columns; colours end with a line and continue on the next. */
export function wrapped(text: string, width: number): string[] {
  if (width === Number.POSITIVE_INFINITY) return [text];
  return inColour(broken(text.split(' '), width));
}

function broken(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let taken = 0;
  for (const [index, word] of words.entries()) {
    const needed = displayWidth(word);
    if (index > 0 && taken + 1 + needed <= width) {
      line += ` ${word}`;
      taken += 1 + needed;
      continue;
    }
    if (index > 0) lines.push(line);
    line = word;
    taken = needed;
  }
  return [...lines, line];
}

/** The codes that end bold and dim; 39 ends a colour. */
const endOf: Readonly<Record<string, string>> = { 1: '22', 2: '22' };

function inColour(lines: readonly string[]): string[] {
  let open: string[] = [];
  return lines.map((line) => {
    const begun = open.map((code) => `\u001b[${code}m`).join('');
    for (const [, code = ''] of line.matchAll(/\p{Cc}\[(\d+)m/gu)) {
      const ends = open.filter((one) => (endOf[one] ?? '39') === code);
      open = ends.length > 0 ? open.filter((one) => !ends.includes(one)) : [...open, code];
    }
    const ended = [...new Set(open.map((code) => endOf[code] ?? '39'))].map((code) => `\u001b[${code}m`).join('');
    return `${begun}${line}${ended}`;
  });
}

/** With fewer columns beside a label, text goes below it. */
const leastBeside = 20;
const below = 4;

/**
 * `head` with `text` beside it, whose lines all begin in the same column; or below it where there is no room beside it.
 * Ends with a line break.
 */
export function beside(head: string, text: string, columns: number): string {
  const indent = displayWidth(head);
  const room = columns - indent;
  if (indent + displayWidth(text) <= columns) return `${head}${text}\n`;
  const longest = text.split(' ').reduce((most, word) => Math.max(most, displayWidth(word)), 0);
  const fits = longest <= room && room >= leastBeside;
  if (fits) return `${head}${wrapped(text, room).join(`\n${' '.repeat(indent)}`)}\n`;
  const lines = wrapped(text, columns - below).map((line) => `${indented(line, below, columns)}\n`);
  return `${head.trimEnd()}\n${lines.join('')}`;
}

/** Prose behind a short label, such as `error:`: only a word that has no room there is moved to the left. */
export function behind(label: string, text: string, columns: number): string {
  const indent = displayWidth(label);
  const lines = wrapped(text, columns - indent);
  const fits = displayWidth(lines[0] ?? '') <= columns - indent;
  const [first, rest] = fits ? [`${label}${lines[0]}`, lines.slice(1)] : [label.trimEnd(), lines];
  return `${[first, ...rest.map((line) => indented(line, indent, columns))].join('\n')}\n`;
}

/** Indents a line less where it is one word that wouldn't fit otherwise. */
function indented(line: string, indent: number, columns: number): string {
  return ' '.repeat(Math.max(0, Math.min(indent, columns - displayWidth(line)))) + line;
}

/** Breaks long lines of a text at spaces; a command stays valid for a shell. */
export function fitted(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY) return text;
  return text
    .split('\n')
    .map((line) => (displayWidth(line) <= columns ? line : fittedLine(line, columns)))
    .join('\n');
}

function fittedLine(line: string, columns: number): string {
  const [start = ''] = /^(?:\p{Cc}\[\d+m|\s)*(?:\$ )?/u.exec(line) ?? [];
  const text = line.slice(start.length);
  const indent = displayWidth(start);
  if (start.endsWith('$ ')) {
    if (indent > 4 && columns - indent < leastCommand)
      return fittedLine(line.replace(/ {2,}(?=(?:\p{Cc}\[\d+m)*\$ )/u, '  '), columns);
    return start + command(text, columns - indent, ' '.repeat(indent + 2));
  }
  const [first = '', ...others] = wrapped(text, columns - indent);
  if (others.length === 0) return line;
  const hanging = Math.min(indent + 2, Math.floor(columns / 4));
  const rest = wrapped(others.join(' '), columns - hanging).map((one) => indented(one, hanging, columns));
  return [start + first, ...rest].join('\n');
}

/** A command with fewer columns is indented less. */
const leastCommand = 32;

/** Words of a shell; quoted text is one. */
const shellWords = /(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g;

/** A command over several lines, with a backslash at the end of each but the last, ready to copy. */
export function command(text: string, columns: number, indent: string): string {
  if (displayWidth(text) <= columns) return text;
  const width = columns - indent.length - 2;
  const words = withValues(text.match(shellWords) ?? [], width);
  const lines = inColour(broken(words, width));
  return lines.join(` \\\n${indent}`);
}

/** Keeps an option and its value on one line where both fit. */
function withValues(words: readonly string[], width: number): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1) ?? '';
    const both = `${before} ${word}`;
    const isValue = /^(?:--[\w-]+|-\w)$/.test(before) && !word.startsWith('-');
    if (isValue && displayWidth(both) <= width) joined[joined.length - 1] = both;
    else joined.push(word);
  }
  return joined;
}

/** The width that help texts are written for. */
const writtenFor = 80;

/** Help for a narrower terminal. */
export function fittedHelp(text: string, columns: number): string {
  if (columns >= writtenFor) return text;
  const lines = text.replaceAll(/\n {10,}(?=\S)|(?<=^[^ \n].*)\n(?=[^ \n])/gm, ' ').split('\n');
  return lines.map((line) => fittedHelpLine(line, columns)).join('\n');
}

/** `  -y, --yes   description`: the description stays in its column, or goes below the option. */
function fittedHelpLine(line: string, columns: number): string {
  const [, head, text] = /^( {2}\S.*? {2,})(\S.*)$/.exec(line) ?? [];
  if (/^[^ ]/.test(line)) return wrapped(line, columns).join('\n');
  if (head === undefined || text === undefined) return fitted(line, columns);
  return beside(head, text, columns).trimEnd();
}

/** Help with coloured titles and examples. */
export function paintHelp(text: string, paint: Palette): string {
  return text
    .replaceAll(/^[A-Z][\w ]*:/gm, (title) => paint.bold(title))
    .replaceAll(/^ {2}\$ .*$/gm, (example) => paint.cyan(example));
}
