import type { Palette } from '../../io/terminal/palette.ts';
import { beside, fitted, wrapped } from './wrapped.ts';

/** The width that help texts are written for. */
const writtenFor = 80;

/** Help for a narrower terminal. */
export function fittedHelp(text: string, columns: number): string {
  if (columns >= writtenFor) return text;
  const lines = text.replaceAll(/\n {10,}(?=\S)|(?<=^[^ \n].*)\n(?=[^ \n])/gm, ' ').split('\n');
  return lines.map((line) => fittedLine(line, columns)).join('\n');
}

/** `  -y, --yes   description`: the description stays in its column, or goes below the option. */
function fittedLine(line: string, columns: number): string {
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
