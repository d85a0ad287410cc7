import { stripVTControlCharacters } from 'node:util';
import { expect } from 'vitest';
import { displayWidth } from '../../src/cli/render/width.ts';

/**
 * Every line fits, except a single word that is longer than a line; and each of `words`, such as ids and commands,
 * is in one piece.
 */
export function expectFitting(text: string, columns: number, words: readonly string[] = []): void {
  const lines = stripVTControlCharacters(text).split('\n');
  const tooLong = lines.filter(
    (line) => displayWidth(line) > columns && (line.trim().includes(' ') || displayWidth(line.trim()) <= columns),
  );
  expect(tooLong, `at ${columns} columns:\n${text}`).toEqual([]);
  for (const word of words) {
    expect(
      lines.some((line) => line.includes(word)),
      `'${word}' at ${columns} columns:\n${text}`,
    ).toBe(true);
  }
}

/** The widths to test. */
export const widths = [40, 42, 44, 60, 80, 100, 120, 200] as const;
