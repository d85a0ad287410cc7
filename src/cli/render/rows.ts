import { stripVTControlCharacters } from 'node:util';
import type { Paint } from './paint.ts';
import { displayWidth, padded } from './width.ts';
import { beside, wrapped } from './wrapped.ts';

/** Labels and values in two aligned columns. */
export function rows(paint: Paint, pairs: readonly (readonly [label: string, value: string])[], indent = 2): string {
  const width = Math.max(...pairs.map(([label]) => displayWidth(label)));
  return pairs
    .map(([label, value]) => beside(`${' '.repeat(indent)}${paint.dim(padded(label, width))}  `, value, paint.columns))
    .join('');
}

type Lines = readonly (readonly string[])[];

/**
 * A table with a header: columns as wide as their cells. On a narrow terminal cells wrap, or each record becomes a block. In
 * a pipe each record is a line of tab-separated cells, without a header.
 */
export function table(paint: Paint, titles: readonly string[], lines: Lines): string {
  if (paint.tabbed) return tabbed(lines);
  const natural = widthsOf([titles, ...lines], displayWidth);
  if (total(natural) <= paint.columns) return aligned(paint, titles, lines, natural);
  const least = widthsOf(lines, longestWord).map((width, column) =>
    Math.max(width, displayWidth(titles[column] ?? '')),
  );
  const spare = paint.columns - total(least);
  if (spare < 0) return blocks(paint, titles, lines);
  const wanted = natural.map((width, column) => width - (least[column] ?? 0));
  const all = wanted.reduce((sum, width) => sum + width, 0);
  const widths = least.map((width, column) => width + Math.floor((spare * (wanted[column] ?? 0)) / Math.max(all, 1)));
  return aligned(paint, titles, lines, widths);
}

const gap = 2;

function widthsOf(lines: Lines, widthOf: (cell: string) => number): number[] {
  const [first = []] = lines;
  return first.map((_, column) => lines.reduce((most, line) => Math.max(most, widthOf(line[column] ?? '')), 0));
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + gap, -gap);
}

function longestWord(cell: string): number {
  return cell.split(' ').reduce((most, word) => Math.max(most, displayWidth(word)), 0);
}

function aligned(paint: Paint, titles: readonly string[], lines: Lines, widths: readonly number[]): string {
  const format = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : padded(cell, widths[column] ?? 0)))
      .join(' '.repeat(gap))
      .trimEnd();
  const formatted = lines.flatMap((cells) => {
    const parts = cells.map((cell, column) => wrapped(cell, widths[column] ?? 0));
    const height = Math.max(...parts.map((part) => part.length));
    return Array.from({ length: height }, (_, row) => format(parts.map((part) => part[row] ?? '')));
  });
  return `${[paint.dim(format(titles)), ...formatted].join('\n')}\n`;
}

/** A block per record, under its first cell with a title. */
function blocks(paint: Paint, titles: readonly string[], lines: Lines): string {
  const named = titles.findIndex((title) => title !== '');
  const labels = titles.slice(named + 1).map((title) => title.toLowerCase());
  return lines
    .map((cells) => {
      const heading = cells.slice(0, named + 1).filter((cell) => cell.trim() !== '');
      const pairs = labels.map((label, index) => [label, cells[named + 1 + index] ?? ''] as const);
      return `${paint.bold(heading.join(' '))}\n${rows(paint, pairs)}`;
    })
    .join('');
}

function tabbed(lines: Lines): string {
  return lines.map((cells) => `${cells.map(field).join('\t')}\n`).join('');
}

/** Escapes tabs and line breaks as JSON does. */
function field(cell: string): string {
  return stripVTControlCharacters(cell).trim().replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** How many rows the lines take on a terminal that wraps long ones. */
export function rowsOn(text: string, columns: number): number {
  const lines = text.split('\n').slice(0, -1);
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
}
