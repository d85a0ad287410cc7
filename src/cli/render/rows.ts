import { stripVTControlCharacters } from 'node:util';
import type { Paint } from './paint.ts';

/** Labels and values in two aligned columns. */
export function rows(paint: Paint, pairs: readonly (readonly [label: string, value: string])[], indent = 2): string {
  const width = Math.max(...pairs.map(([label]) => label.length));
  return pairs.map(([label, value]) => `${' '.repeat(indent)}${paint.dim(label.padEnd(width))}  ${value}\n`).join('');
}

/** A table with a header; columns as wide as they need be, the last one ragged. */
export function table(paint: Paint, header: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => visibleLength(line[column] ?? ''))),
  );
  const format = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === cells.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - visibleLength(cell)),
      )
      .join('  ');
  return `${[paint.dim(format(header)), ...lines.map(format)].join('\n')}\n`;
}

function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** How many rows lines take where a longer one goes on in the next. */
export function rowsOn(text: string, columns: number): number {
  const lines = text.split('\n').slice(0, -1);
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(visibleLength(line) / columns)), 0);
}
