import { AnonError, type ErrorCode } from '../../errors.ts';
import type { GlobalOptions } from '../options/global.ts';
import { selectProfile } from '../tenant/access.ts';
import type { Context } from '../world/context.ts';
import { isBlank, readStdinOrFile } from './stdin-or-file.ts';

interface SecretOption {
  readonly flag: string;
  readonly value: string | undefined;
  /** The environment variable that can have it too. */
  readonly variable?: string | undefined;
  /** The code of the error for an empty input; `usage` by default. */
  readonly empty?: ErrorCode;
  /** It may have line breaks, unlike a password or a token. */
  readonly manyLines?: boolean;
}

/**
 * A secret from stdin (`-`), a file (`@path`) or an environment variable. Never from the command line, which other
 * users of the machine can read, and which shells save in their history.
 * @throws {AnonError} `usage`
 */
export async function readSecret(
  context: Context,
  { flag, value, variable, empty = 'usage', manyLines = false }: SecretOption,
): Promise<string | undefined> {
  if (value === undefined) return (variable && context.env[variable]) || undefined;
  const ways = variable
    ? `Pipe it in with '${flag} -', pass a file with '${flag} @<file>', or set ${variable}.`
    : `Pipe it in with '${flag} -', or pass a file with '${flag} @<file>'.`;
  if (value === '') throw new AnonError('usage', `${flag} is empty.`, { hint: ways });
  const input = await readStdinOrFile(context, value);
  if (!input) {
    throw new AnonError('usage', `${flag} can't be given on the command line, where others can read it.`, {
      hint: ways,
    });
  }
  if (isBlank(input.text)) throw new AnonError(empty, `${input.source} is empty; expected a value for ${flag}.`);
  const secret = input.text.trim();
  // Nobody could type it, and no header may have it: the file is not the right one.
  if (!manyLines && /[\r\n]/.test(secret)) {
    throw new AnonError('usage', `${input.source} has several lines; expected a value for ${flag}.`);
  }
  return secret;
}

/**
 * The application's client secret: from --client-secret, otherwise from ANON_APP_SECRET. With AUTH0_DOMAIN set, the
 * variables are for that tenant, and the secret is not sent to any other.
 * @throws {AnonError} `usage`
 */
export async function readAppSecret(
  context: Context,
  options: GlobalOptions & { readonly clientSecret?: string | undefined },
): Promise<string | undefined> {
  const { clientSecret: value } = options;
  const secret = await readSecret(context, { flag: '--client-secret', value, variable: 'ANON_APP_SECRET' });
  if (secret === undefined || value !== undefined || !context.env.AUTH0_DOMAIN) return secret;
  const [{ isDomainOfEnvironment }, { profile }] = await Promise.all([
    import('../world/management-credentials.ts'),
    selectProfile(context, options),
  ]);
  if (isDomainOfEnvironment(context.env, profile.domain)) return secret;
  context.warn('ANON_APP_SECRET is not used: AUTH0_DOMAIN names another tenant.');
  return undefined;
}
