import { isMap, isSeq, type Node, type Pair } from 'yaml';

/** A part of a text and what replaces it. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with its parts replaced; what is inserted at the same place stays in the order given. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let result = '';
  let offset = 0;
  for (const { start, end, text: inserted } of [...splices].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < offset) throw new Error(`Two changes overlap at offset ${start}`);
    result += text.slice(offset, start) + inserted;
    offset = end;
  }
  return result + text.slice(offset);
}

/** Where a node begins and ends, without what follows on its line. */
export function rangeOf({ range }: Node): readonly [number, number] {
  if (!range) throw new Error('A node that was not parsed');
  return [range[0], range[1]];
}

/** In brackets or braces. */
export function isFlow(node: Node): boolean {
  return (isMap(node) || isSeq(node)) && node.flow === true;
}

/** The end of the last value inside: the range of a list or map in lines has the comments below it too. */
export function endOf(node: Node): number {
  if (isFlow(node) || !(isMap(node) || isSeq(node))) return rangeOf(node)[1];
  const last = node.items.at(-1) as Node | Pair<Node, Node | null> | undefined;
  if (last === undefined) return rangeOf(node)[1];
  return endOf('key' in last ? (last.value ?? last.key) : last);
}
