import { AnonError, type ErrorCode } from '../../errors.ts';
import type { Context } from '../world/context.ts';
import { isBlank, referredText } from './referred-text.ts';

interface SecretOption {
  readonly flag: string;
  readonly value: string | undefined;
  readonly variable: string;
  /** What an empty one is: `usage` unless it is a token. */
  readonly empty?: ErrorCode;
}

/**
 * A secret from stdin (`-`), a file (`@path`) or an environment variable. Never from the command line, which
 * other users of the machine can read, and which shells write down.
 * @throws {AnonError} `usage`
 */
export async function readSecret(
  context: Context,
  { flag, value, variable, empty = 'usage' }: SecretOption,
): Promise<string | undefined> {
  if (value === undefined) return context.env[variable] || undefined;
  const ways = `Write '${flag} -' and pipe it in, '${flag} @<file>', or set ${variable}.`;
  if (value === '') throw new AnonError('usage', `${flag} is empty.`, { hint: ways });
  const given = await referredText(context, value);
  if (!given) {
    throw new AnonError('usage', `${flag} is not taken from the command line, where others can read it.`, {
      hint: ways,
    });
  }
  if (isBlank(given.text)) throw new AnonError(empty, `${given.source} is empty: it holds no value for ${flag}.`);
  return given.text.trim();
}
