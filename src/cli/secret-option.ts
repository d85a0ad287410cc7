import { AnonError } from '../errors.ts';
import type { Context } from './context.ts';

/**
 * A secret from stdin (`-`), a file (`@path`) or an environment variable. Never from the command line, which
 * other users of the machine can read, and which shells write down.
 * @throws {AnonError} `usage`
 */
export async function readSecret(
  { terminal, env, readFile }: Context,
  { flag, value, variable }: { flag: string; value: string | undefined; variable: string },
): Promise<string | undefined> {
  if (value === undefined) return env[variable] || undefined;
  if (value !== '-' && !value.startsWith('@')) {
    throw new AnonError('usage', `${flag} is not taken from the command line, where others can read it.`, {
      hint: `Write '${flag} -' and pipe it in, '${flag} @<file>', or set ${variable}.`,
    });
  }
  const secret = (value === '-' ? await terminal.readStdin() : await readFile(value.slice(1))).trim();
  if (secret !== '') return secret;
  throw new AnonError('usage', value === '-' ? `${flag} - found nothing on stdin.` : `${flag} found an empty file.`);
}
