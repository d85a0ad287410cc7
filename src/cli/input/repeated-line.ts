import { shellWord } from '../../domain/shell-word.ts';
import { notePaint } from '../render/paint.ts';
import { printable } from '../render/printable.ts';
import { fitted } from '../render/wrapped.ts';
import type { Context } from '../world/context.ts';

/** Options as commander gives them, by their names in camel case, and the answers that stand for others. */
export type Answered = Readonly<Record<string, unknown>>;

/** Whose values are secret, or a guest's: of these only that they were given is told. */
const withheld: Readonly<Record<string, (value: string) => string>> = {
  clientSecret: stdinOrFile,
  accessToken: stdinOrFile,
  meta: (value) => value.replace(/=.*$/s, '=<value>'),
};

function stdinOrFile(value: string): string {
  return value.startsWith('@') ? value : '-';
}

/** The command line that says what options and answers say together, for a shell; nothing of it is secret. */
export function repeatedLine(command: readonly string[], options: Answered): string {
  const words = Object.entries(options).flatMap(([name, value]) => optionWords(name, value));
  return ['anon-cli', ...command, ...words].map((word) => printable(shellWord(word))).join(' ');
}

function optionWords(name: string, value: unknown): string[] {
  const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (value === undefined) return [];
  if (value === true) return [`--${kebab}`];
  if (value === false) return [`--no-${kebab}`];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const shown = withheld[name] ?? ((text: string) => text);
  return values.flatMap((one) => [`--${kebab}`, shown(String(one))]);
}

/** Shows a person the line that repeats what was just answered, or how far the answers go. */
export function tellLine({ terminal }: Pick<Context, 'terminal'>, line: string, { done }: { done: boolean }): void {
  const paint = notePaint(terminal);
  const title = done ? 'The same without questions:' : 'To go on from here:';
  terminal.note(fitted(`\n${paint.dim(title)}\n  ${paint.cyan(`$ ${line}`)}\n`, paint.columns));
}
