import { shellWord } from '../../domain/shell-word.ts';
import { notePaint } from '../render/paint.ts';
import { printable } from '../render/printable.ts';
import { fitted } from '../render/wrapped.ts';
import type { Context } from '../world/context.ts';

/** Options as commander gives them, by their names in camel case, and answers in the same form. */
type OptionValues = Readonly<Record<string, unknown>>;

/** Options whose values are secret, or a guest's own: the command shows that they were given, not the value. */
const redacted: Readonly<Record<string, (value: string) => string>> = {
  clientSecret: stdinOrFile,
  accessToken: stdinOrFile,
  meta: (value) => value.replace(/=.*$/s, '=<value>'),
};

function stdinOrFile(value: string): string {
  return value.startsWith('@') ? value : '-';
}

/** The command line that gives the same options and answers, quoted for a shell, without secrets. */
export function equivalentCommand(command: readonly string[], options: OptionValues): string {
  const words = Object.entries(options).flatMap(([name, value]) => optionWords(name, value));
  return ['anon-cli', ...command, ...words].map((word) => printable(shellWord(word))).join(' ');
}

function optionWords(name: string, value: unknown): string[] {
  if (value === undefined) return [];
  if (value === true) return [flagFor(name)];
  if (value === false) return [flagFor(name).replace('--', '--no-')];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const redact = redacted[name] ?? ((text: string) => text);
  return values.flatMap((one) => [flagFor(name), redact(String(one))]);
}

/** `--token-format` for `tokenFormat` */
export function flagFor(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Shows the command that repeats the answers, or resumes from them where the command was not completed. */
export function noteEquivalentCommand(
  { terminal }: Pick<Context, 'terminal'>,
  line: string,
  { done }: { done: boolean },
): void {
  const paint = notePaint(terminal);
  const title = done ? 'To repeat this without questions:' : 'To continue from here:';
  terminal.note(fitted(`\n${paint.dim(title)}\n  ${paint.cyan(`$ ${line}`)}\n`, paint.columns));
}
