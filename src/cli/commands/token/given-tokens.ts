import type { RememberedSession } from '../../../domain/session/saved-session.ts';
import { type DecodedToken, decodeToken, inspectToken } from '../../../domain/token/decode.ts';
import { type FoundToken, findTokens } from '../../../domain/token/find.ts';
import type { KeyRing } from '../../../domain/token/key-ring.ts';
import { AnonError, isAnonError, reworded } from '../../../errors.ts';
import { emptyInput, emptyStdinHint, type GivenText, isBlank, referredText } from '../../input/referred-text.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printable } from '../../render/printable.ts';
import { requestedEdition, selectProfile } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

/** A token that a command was given, decoded. */
export interface GivenToken extends FoundToken {
  readonly decoded: DecodedToken;
}

/**
 * The texts that were given: as they stand, from stdin (`-`) or from a file (`@file`). Without any, what stdin holds;
 * none where stdin is a terminal or nothing. A text may be blank.
 * @throws {AnonError} `usage`
 */
export async function givenTexts(context: Context, given: readonly string[]): Promise<GivenText[]> {
  const words = given.length === 0 && context.terminal.stdin === 'other' ? ['-'] : given;
  if (words.filter((word) => word === '-').length > 1) {
    throw new AnonError('usage', "Only one '-' can read stdin.");
  }
  const texts: GivenText[] = [];
  for (const word of words) texts.push((await referredText(context, word)) ?? { text: word, source: undefined });
  return texts;
}

/** What to end with where stdin or a file holds nothing: a producer that failed leaves nothing else. */
export function emptyInputOf({ text, source }: GivenText): AnonError | undefined {
  if (source === undefined || !isBlank(text)) return undefined;
  return emptyInput(source, source === 'stdin' ? emptyStdinHint : undefined);
}

/** The tokens in one of `texts`. @throws {AnonError} `token_unacceptable` when it holds none, naming which of several */
export function tokensIn(texts: readonly GivenText[], index: number): FoundToken[] {
  const given = texts[index] ?? { text: '', source: undefined };
  const empty = emptyInputOf(given);
  if (empty) throw empty;
  try {
    return findTokens(given.text);
  } catch (error) {
    if (texts.length === 1 || !isAnonError(error)) throw error;
    throw reworded(error, { message: `Of the tokens given, number ${index + 1} is none. ${error.message}` });
  }
}

/** Those of the saved session. @throws {AnonError} `usage` when there is none */
export async function rememberedTokens(context: Context, options: GlobalOptions): Promise<FoundToken[]> {
  const session = await rememberedSession(context, options);
  const { sessionToken, accessToken } = session;
  return [
    { name: 'session_token', token: sessionToken, issued: true },
    // A tenant may have given none.
    ...(accessToken === '' ? [] : [{ name: 'access_token', token: accessToken, issued: true } as const]),
  ];
}

/** The current session of the profile, where no token was given. @throws {AnonError} `usage` when there is none */
export async function rememberedSession(context: Context, options: GlobalOptions): Promise<RememberedSession> {
  const { profile, selection } = await selectProfile(context, options);
  const sessions = await context.sessions(profile);
  const session = await sessions.get(await sessions.current());
  if (session) return session;
  throw new AnonError('usage', 'No token was given, and none is remembered.', {
    hint: `Give one, or pipe it in; or make one: anon-cli token create${selection}`,
  });
}

/** Decodes them offline. */
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

/** The keys to check and open with: those of the file that was named, else the local tenant's. */
export async function keysFor(context: Context, options: GlobalOptions & { readonly key?: string }): Promise<KeyRing> {
  const { key } = options;
  if (key === undefined) return context.localKeys(requestedEdition(context, options));
  const { keyRingOf } = await import('../../../domain/token/key-text.ts');
  return keyRingOf(await context.readBytes(key), key);
}

const titles = new Map([
  ['session_token', 'Session token'],
  ['access_token', 'Access token'],
  ['id_token', 'ID token'],
  ['anon_transfer_token', 'Transfer ticket'],
]);

/** What people read a token is called: by its name, else by its place among several. */
export function titleOf({ name }: FoundToken, index: number, all: readonly FoundToken[]): string {
  if (name !== undefined) return printable(titles.get(name) ?? name);
  return all.length === 1 ? 'Token' : `Token ${index + 1}`;
}
