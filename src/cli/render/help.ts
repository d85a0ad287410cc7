import { paintFor } from './paint.ts';

/** Help for a terminal with colours: titles stand out, examples too. */
export function paintHelp(text: string): string {
  const paint = paintFor(true);
  return text
    .replaceAll(/^[A-Z][\w ]*:/gm, (title) => paint.bold(title))
    .replaceAll(/^ {2}\$ .*$/gm, (example) => paint.cyan(example));
}
