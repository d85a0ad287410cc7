import { Command } from 'commander';
import type { KeyRing } from '../../../domain/ports.ts';
import { bareToken } from '../../../domain/token/compact.ts';
import { type DecodedToken, decodeToken } from '../../../domain/token/decode.ts';
import { AnonError } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { printResult } from '../../output.ts';
import { renderToken, tokenData } from '../../render/token.ts';
import { selectProfile } from '../../tenant-access.ts';

export interface TokenDecodeOptions extends GlobalOptions {
  readonly key?: string;
}

export function tokenDecodeCommand(context: Context, run = decodeAndShow): Command {
  const command = new Command('decode')
    .description('look inside a JWT or JWE, offline; without a token, inside the remembered ones')
    .argument('[token]', "the token, or '-' for stdin")
    .option('--key <file>', 'check or open it with this key: a JWK, a JWK Set or PEM')
    .action((token: string | undefined, options: TokenDecodeOptions) => run(context, token, options));
  return withExample(
    command,
    'token create --field access_token | anon-cli token decode',
    'A wrong signature exits with 3; a sealed token is no error.',
  );
}

interface Titled {
  readonly name: 'token' | 'session_token' | 'access_token';
  readonly token: string;
}

const titles = { token: 'Token', session_token: 'Session token', access_token: 'Access token' } as const;

async function decodeAndShow(context: Context, token: string | undefined, options: TokenDecodeOptions): Promise<void> {
  const given = await givenToken(context, token);
  const tokens: readonly Titled[] =
    given === undefined ? await rememberedTokens(context, options) : [{ name: 'token', token: given }];
  const keys = await keysFor(context, options);
  const decoded = await Promise.all(
    tokens.map(async (titled) => ({
      ...titled,
      decoded: await decodeToken({ clock: context.clock, keys }, titled.token),
    })),
  );
  const [first] = decoded;
  printResult(context, options, {
    data:
      given !== undefined && first
        ? tokenData(first.decoded)
        : Object.fromEntries(decoded.map(({ name, decoded }) => [name, tokenData(decoded)])),
    human: (paint) =>
      decoded.map(({ name, token, decoded }) => renderToken(paint, titles[name], bareToken(token), decoded)).join('\n'),
  });
  for (const { decoded: one } of decoded) refuseWrong(one);
}

/** From the command line, or what is piped in; undefined when nothing is. */
async function givenToken({ terminal }: Context, token: string | undefined): Promise<string | undefined> {
  if (token === '-') return terminal.readStdin();
  if (token !== undefined || !terminal.stdinHasData) return token;
  const piped = await terminal.readStdin();
  return piped.trim() === '' ? undefined : piped;
}

async function rememberedTokens(context: Context, options: GlobalOptions): Promise<Titled[]> {
  const { profile, selection } = await selectProfile(context, options);
  const sessions = await context.sessions(profile);
  const session = await sessions.get(await sessions.current());
  if (!session) {
    throw new AnonError('usage', 'No token was given, and none is remembered.', {
      hint: `Give one, or pipe it in; or make one: anon-cli token create${selection}`,
    });
  }
  return [
    { name: 'session_token', token: session.sessionToken },
    { name: 'access_token', token: session.accessToken },
  ];
}

async function keysFor(context: Context, { key }: TokenDecodeOptions): Promise<KeyRing> {
  if (key === undefined) return context.localKeys();
  const { keyRingOf } = await import('../../../domain/token/key-text.ts');
  return keyRingOf(await context.readFile(key), key);
}

/** It was shown all the same; but a script must not go on with it. */
function refuseWrong({ signature, inner }: DecodedToken): void {
  if (signature?.state === 'wrong') {
    throw new AnonError('token_unacceptable', `The signature is wrong: ${signature.reason}.`);
  }
  if (inner) refuseWrong(inner);
}
