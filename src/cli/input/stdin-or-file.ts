import { AnonError } from '../../errors.ts';
import type { Context } from '../world/context.ts';

/** A text that was passed to a command. */
export interface GivenText {
  readonly text: string;
  /** The name that errors use for where it was read; undefined for the command line itself. */
  readonly source: string | undefined;
}

/** A text that was read from stdin or a file. */
export interface ReadText extends GivenText {
  readonly source: string;
}

/**
 * Reads all of stdin for `-`, or a file for `@path`. Undefined for any other argument, which is the value itself. The
 * text may be empty: see {@link isBlank}.
 * @throws {AnonError} `usage`
 */
export async function readStdinOrFile(
  { terminal, readFile }: Pick<Context, 'terminal' | 'readFile'>,
  argument: string,
): Promise<ReadText | undefined> {
  if (argument === '-') return { text: await terminal.readStdin(), source: 'stdin' };
  if (!argument.startsWith('@')) return undefined;
  const path = argument.slice(1);
  if (path === '') throw new AnonError('usage', "'@' needs a file name: @<file>");
  return { text: await readFile(path), source: path };
}

/** Nothing but white space, byte order marks and zero-width characters. */
export function isBlank(text: string): boolean {
  return /^[\s\u200b-\u200d\u2060\ufeff]*$/.test(text);
}

/** A token was expected in an input that is empty: `token_unacceptable`. */
export function emptyInput(source: string, hint?: string): AnonError {
  return new AnonError('token_unacceptable', `${source} is empty; expected a token.`, { hint });
}

/** For an empty stdin that the user may not have meant as input. */
export const emptyStdinHint =
  "Did the command before the pipe fail? To use the saved session instead, add '< /dev/null'";
