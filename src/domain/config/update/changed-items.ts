import { isSeq, type Node } from 'yaml';
import { isFlow, rangeOf, type Splice } from './splices.ts';

/** An item of a list, or a pair of a map. */
export interface ItemRange {
  readonly start: number;
  readonly end: number;
  readonly isRemoved: boolean;
}

interface Change {
  /** The list or map. */
  readonly node: Node;
  /** Where the key of the list or map ends; undefined for the whole file. */
  readonly keyEnd: number | undefined;
  /** All items, in their order. */
  readonly ranges: readonly ItemRange[];
  /** The texts of new items, which become the last ones. */
  readonly added: readonly string[];
}

/** Removes items of a list or a map and adds others; or the reason why that is not possible. */
export function changedItems(text: string, change: Change): readonly Splice[] | string {
  if (change.added.length === 0 && !change.ranges.some(({ isRemoved }) => isRemoved)) return [];
  return isFlow(change.node) ? inBrackets(text, change) : inLines(text, change);
}

/** Between brackets or braces, with commas. */
function inBrackets(text: string, { node, ranges, added }: Change): Splice[] {
  const last = ranges.findLast(({ isRemoved }) => !isRemoved);
  if (!last) {
    const [start, end] = rangeOf(node);
    return [{ start: start + 1, end: end - 1, text: added.join(', ') }];
  }
  const behind = ranges.indexOf(last) + 1;
  const removed = ranges.slice(0, behind).flatMap(({ start, isRemoved }, index) => {
    const next = ranges[index + 1];
    // With the comma behind it.
    return isRemoved && next ? [{ start, end: next.start, text: '' }] : [];
  });
  const indents = ranges.map(({ start }) => /\n([ \t]*)$/.exec(text.slice(0, start))?.[1]);
  const separator = indents.includes(undefined) ? ', ' : `,${newLineOf(text)}${indents.at(-1)}`;
  const tail = {
    start: last.end,
    end: ranges.at(-1)?.end ?? last.end,
    text: added.map((one) => `${separator}${one}`).join(''),
  };
  return [...removed, tail];
}

/** One item a line, or more lines. */
function inLines(text: string, { node, keyEnd, ranges, added }: Change): Splice[] | string {
  const [first] = ranges;
  if (!first) return 'it is empty';
  const indent = isSeq(node) ? /(?:^|\n)( *)- +$/ : /(?:^|\n)( *)$/;
  const [, indentation] = indent.exec(text.slice(0, first.start)) ?? [];
  const shared = ranges.some(({ start, isRemoved }) => isRemoved && !indent.test(text.slice(0, start)));
  if (indentation === undefined || shared) return 'it shares its line with something else';
  const removed = ranges
    .filter(({ isRemoved }) => isRemoved)
    .map(({ start, end }) => ({ start: text.lastIndexOf('\n', start - 1) + 1, end: afterLine(text, end), text: '' }));
  const last = ranges.findLast(({ isRemoved }) => !isRemoved);
  if (added.length > 0) {
    const newLine = newLineOf(text);
    const at = afterLine(text, (last ?? first).end);
    const isOpen = last !== undefined && at === text.length && !text.endsWith('\n');
    const lines = added
      .flatMap((one) => (isSeq(node) ? `- ${one}` : one).split('\n'))
      .map((line) => `${indentation}${line}${newLine}`)
      .join('');
    return [...removed, { start: at, end: at, text: isOpen ? `${newLine}${lines}` : lines }];
  }
  if (last) return removed;
  // Nothing stays: the key needs an empty list or map.
  const colon = keyEnd === undefined ? undefined : /^[ \t]*:/.exec(text.slice(keyEnd))?.[0];
  if (keyEnd === undefined || colon === undefined) return 'nothing would remain';
  const at = keyEnd + colon.length;
  return [...removed, { start: at, end: at, text: isSeq(node) ? ' []' : ' {}' }];
}

/** The start of the next line, or the end of the text. */
function afterLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

function newLineOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
