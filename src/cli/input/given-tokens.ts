import type { Clock } from '../../domain/clock.ts';
import type { SavedSession } from '../../domain/session/saved-session.ts';
import { type DecodedToken, decodeToken, inspectToken } from '../../domain/token/decode.ts';
import { type FoundToken, findTokens } from '../../domain/token/find.ts';
import type { KeyRing } from '../../domain/token/key-source.ts';
import { AnonError, isAnonError, reworded } from '../../errors.ts';
import type { GlobalOptions } from '../options/global.ts';
import { requestedEdition, selectProfile } from '../tenant/access.ts';
import type { Context } from '../world/context.ts';
import { emptyInput, emptyStdinHint, type GivenText, isBlank, readStdinOrFile } from './stdin-or-file.ts';

/** A given or saved token, decoded. */
export interface GivenToken extends FoundToken {
  readonly decoded: DecodedToken;
}

/**
 * The given texts: verbatim, from stdin (`-`) or from a file (`@file`). Without arguments stdin is read; if that is a
 * terminal or closed, there are no texts. A text may be blank.
 * @throws {AnonError} `usage`
 */
export async function givenTexts(context: Context, given: readonly string[]): Promise<GivenText[]> {
  const words = given.length === 0 && context.terminal.stdin === 'other' ? ['-'] : given;
  if (words.filter((word) => word === '-').length > 1) {
    throw new AnonError('usage', "'-' can be given only once: stdin can't be read twice.");
  }
  const texts: GivenText[] = [];
  for (const word of words) texts.push((await readStdinOrFile(context, word)) ?? { text: word, source: undefined });
  return texts;
}

/** The error for an empty file or stdin: most likely the command that should have written it failed. */
function emptyInputOf({ text, source }: GivenText): AnonError | undefined {
  if (source === undefined || !isBlank(text)) return undefined;
  return emptyInput(source, source === 'stdin' ? emptyStdinHint : undefined);
}

/** The tokens in one of `texts`. @throws {AnonError} `token_unacceptable` if it has none; of several texts it names which */
export function tokensIn(texts: readonly GivenText[], index: number): FoundToken[] {
  const given = texts[index] ?? { text: '', source: undefined };
  const empty = emptyInputOf(given);
  if (empty) throw empty;
  try {
    return findTokens(given.text);
  } catch (error) {
    if (texts.length === 1 || !isAnonError(error)) throw error;
    throw reworded(error, { message: error.message.replace(/^This/, `Argument ${index + 1}`) });
  }
}

/** The tokens of the current session. @throws {AnonError} `usage` without one */
export async function savedTokens(context: Context, options: GlobalOptions): Promise<FoundToken[]> {
  const session = await currentSession(context, options);
  const { sessionToken, accessToken } = session;
  return [
    { name: 'session_token', token: sessionToken, issued: true },
    // The tenant may not have issued one.
    ...(accessToken === '' ? [] : [{ name: 'access_token', token: accessToken, issued: true } as const]),
  ];
}

/** The profile's current session, for when no token was given. @throws {AnonError} `usage` without one */
async function currentSession(context: Context, options: GlobalOptions): Promise<SavedSession> {
  const { profile, selection } = await selectProfile(context, options);
  const sessions = await context.sessions(profile);
  const session = await sessions.get(await sessions.current());
  if (session) return session;
  throw new AnonError('usage', 'No token given, and no saved session to use instead.', {
    hint: `Pass a token, or pipe it in. To create a session: anon-cli token create${selection}`,
  });
}

/** Decodes tokens, offline. */
export function decodeAll(
  { clock }: Context,
  keys: KeyRing,
  tokens: readonly FoundToken[],
): Promise<readonly GivenToken[]> {
  return Promise.all(
    tokens.map(async (found) => {
      const decode = found.issued ? inspectToken : decodeToken;
      return { ...found, decoded: await decode({ clock, keys }, found.token) };
    }),
  );
}

/** The clock of the tenant whose keys fit one of the tokens, otherwise this machine's. */
export function clockOf({ clock }: Context, keys: KeyRing, tokens: readonly GivenToken[]): Pick<Clock, 'now'> {
  const fit = tokens.some(
    ({ decoded: { signature, claims, seal } }) => signature?.state === 'verified' || (seal && claims),
  );
  return (fit ? keys.clock?.() : undefined) ?? clock;
}

/** The keys to check and decrypt with: those of the given file, or else the local tenant's. */
export async function keysFor(context: Context, options: GlobalOptions & { readonly key?: string }): Promise<KeyRing> {
  const { key } = options;
  if (key === undefined) return context.localKeys(requestedEdition(context, options));
  const { keyRingOf } = await import('../../domain/token/key-file.ts');
  return keyRingOf(await context.readBytes(key), key);
}

export interface TokenToVerify {
  readonly token: string;
  /** For a saved session's token, the API it was requested for. */
  readonly audience?: string | undefined;
  /** Stdin or the file was empty: the error to end with. */
  readonly empty?: AnonError;
  /** A tenant issued it as an access token, so it is one whatever it looks like. */
  readonly issued?: boolean;
}

/** The token to verify: a given one as for {@link givenTexts}, or else the current session's access token. */
export async function tokenToVerify(
  context: Context,
  options: GlobalOptions,
  given: string | undefined,
): Promise<TokenToVerify> {
  const [text] = await givenTexts(context, given === undefined ? [] : [given]);
  if (text) {
    const empty = emptyInputOf(text);
    return empty ? { token: '', empty } : { token: text.text };
  }
  const session = await currentSession(context, options);
  if (session.accessToken === '') {
    throw new AnonError('token_unacceptable', 'The saved session has no access token: the tenant did not issue one.', {
      hint: 'Run: anon-cli token renew',
    });
  }
  return { token: session.accessToken, audience: session.audience, issued: true };
}
