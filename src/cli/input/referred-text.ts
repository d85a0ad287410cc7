import { AnonError } from '../../errors.ts';
import type { Context } from '../world/context.ts';

/** A text that a command was given. */
export interface GivenText {
  readonly text: string;
  /** What an error calls the place it was read from; undefined where it stands on the command line. */
  readonly source: string | undefined;
}

/** One that was read from stdin or a file. */
export interface ReadText extends GivenText {
  readonly source: string;
}

/**
 * What a word of the command line stands for: all of stdin (`-`) or a file (`@path`). Undefined where it stands for
 * itself. What was read may be empty: see {@link isBlank}.
 * @throws {AnonError} `usage`
 */
export async function referredText(
  { terminal, readFile }: Pick<Context, 'terminal' | 'readFile'>,
  word: string,
): Promise<ReadText | undefined> {
  if (word === '-') return { text: await terminal.readStdin(), source: 'stdin' };
  if (!word.startsWith('@')) return undefined;
  const path = word.slice(1);
  if (path === '') throw new AnonError('usage', "No file is named after '@'.");
  return { text: await readFile(path), source: path };
}

/** Nothing but white space, marks of an encoding and characters without a width. */
export function isBlank(text: string): boolean {
  return /^[\s\u200b-\u200d\u2060\ufeff]*$/.test(text);
}

/** A token was to come from there, and nothing did: `token_unacceptable`. */
export function emptyInput(source: string, hint?: string): AnonError {
  return new AnonError('token_unacceptable', `${source} is empty: it holds no token.`, { hint });
}

/** What to do where stdin was empty, and may have been meant to be left alone. */
export const emptyStdinHint =
  "Did the command before the pipe fail? To use the saved session, give no input: '< /dev/null'";
