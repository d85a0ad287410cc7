import type { Edition } from '../../../wire/edition/edition.ts';
import { type Problem, placeText } from '../../document/problem.ts';
import type { WrittenConfig } from '../config.ts';
import { withEscapes } from '../escapes.ts';

/** The file of another tool. */
export interface Converted {
  readonly text: string;
  /** What it does not say, with places in the configuration; the text has the same as comments. */
  readonly leftOut: readonly Problem[];
}

/** Writes a configuration as another tool has it, in one edition. */
export type Convert = (written: WrittenConfig, edition: Edition) => Converted;

/** Comments for the head of a file: prose, and a line for each setting that is left out. */
export function headOf(prose: readonly string[], leftOut: readonly Problem[]): string {
  const lines = leftOut.map((problem) => `${placeText(problem)}: ${problem.message}`);
  const gap = prose.length > 0 && lines.length > 0 ? [''] : [];
  const list = lines.length > 0 ? ['Not in this file:', ...lines.map((line) => `- ${line}`)] : [];
  const all = [...prose, ...gap, ...list];
  return `${all.map((line) => withEscapes(`# ${line.replaceAll(/[\r\n]+/g, ' ')}`).trimEnd()).join('\n')}\n\n`;
}

/** Other tools name applications; a file may have their client ids. Assumed: 32 letters and digits, as the service makes them. */
export function isClientId(reference: string): boolean {
  return /^[A-Za-z\d]{32}$/.test(reference);
}
