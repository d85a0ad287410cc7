import { AnonError } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { selectProfile } from '../../tenant-access.ts';

export interface TokenToVerify {
  readonly token: string;
  /** The API that a remembered session's token was asked for. */
  readonly audience?: string | undefined;
}

/** The token on the command line, in the file or on stdin that it names; else what is piped in; else the remembered one. */
export async function tokenToVerify(
  context: Context,
  options: GlobalOptions,
  given: string | undefined,
): Promise<TokenToVerify> {
  const { terminal, readFile } = context;
  if (given?.startsWith('@')) return { token: await readFile(given.slice(1)) };
  if (given !== undefined && given !== '-') return { token: given };
  if (given === '-' || terminal.stdinHasData) {
    const token = await terminal.readStdin();
    if (given === '-' || token.trim() !== '') return { token };
  }
  return rememberedToken(context, options);
}

/** The one place here that knows how sessions are kept. */
async function rememberedToken(context: Context, options: GlobalOptions): Promise<TokenToVerify> {
  const { profile, selection } = await selectProfile(context, options);
  const session = await (await context.sessions()).get(profile.name);
  if (session) return { token: session.accessToken, audience: session.audience };
  throw new AnonError('usage', 'No token was given, and none is remembered.', {
    hint: `Give one, or pipe it in; or make one: anon-cli token create${selection}`,
  });
}
