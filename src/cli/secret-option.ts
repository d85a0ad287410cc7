import { AnonError } from '../errors.ts';
import type { Context } from './context.ts';

/**
 * A secret from stdin (`-`) or an environment variable. Never from the command line, which other users of
 * the machine can read, and which shells write down.
 * @throws {AnonError} `usage`
 */
export async function readSecret(
  { terminal, env }: Context,
  option: { flag: string; value: string | undefined; variable: string },
): Promise<string | undefined> {
  if (option.value === undefined) return env[option.variable] || undefined;
  if (option.value !== '-') {
    throw new AnonError('usage', `${option.flag} is not taken from the command line, where others can read it.`, {
      hint: `Write '${option.flag} -' and pipe it in, or set ${option.variable}.`,
    });
  }
  const secret = (await terminal.readStdin()).trim();
  if (secret !== '') return secret;
  throw new AnonError('usage', `${option.flag} - found nothing on stdin.`);
}
