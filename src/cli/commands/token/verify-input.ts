import { AnonError } from '../../../errors.ts';
import type { GlobalOptions } from '../../options/global.ts';
import type { Context } from '../../world/context.ts';
import { emptyInputOf, givenTexts, rememberedSession } from './given-tokens.ts';

export interface TokenToVerify {
  readonly token: string;
  /** The API that a saved session's token was asked for. */
  readonly audience?: string | undefined;
  /** The token was to come from stdin or a file that holds nothing: what to end with. */
  readonly empty?: AnonError;
  /** A tenant gave it as an access token, so that it is one whatever it looks like. */
  readonly issued?: boolean;
}

/**
 * The token on the command line, in the file or on stdin that it names; else what stdin holds. The saved session's only
 * where no token was given and stdin is a terminal or nothing.
 */
export async function tokenToVerify(
  context: Context,
  options: GlobalOptions,
  given: string | undefined,
): Promise<TokenToVerify> {
  const [only] = await givenTexts(context, given === undefined ? [] : [given]);
  if (only) {
    const empty = emptyInputOf(only);
    return empty ? { token: '', empty } : { token: only.text };
  }
  const session = await rememberedSession(context, options);
  if (session.accessToken === '') {
    throw new AnonError('token_unacceptable', 'The saved session has no access token: the tenant gave none.', {
      hint: 'Get one: anon-cli token renew',
    });
  }
  return { token: session.accessToken, audience: session.audience, issued: true };
}
