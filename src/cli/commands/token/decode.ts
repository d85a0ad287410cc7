import type { DecodedToken } from '../../../domain/token/decode.ts';
import { brokenBeside } from '../../../domain/token/find.ts';
import { AnonError } from '../../../errors.ts';
import { bareToken } from '../../../jose/compact.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import { decodeAll, type GivenToken, givenTexts, keysFor, savedTokens, tokensIn } from '../../input/given-tokens.ts';
import { printResult } from '../../output/output.ts';
import { renderToken, titleOf, tokenData } from '../../render/token.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

export const tokenDecodeCommand = defineCommand({
  description: 'show the contents of JWTs and JWEs, offline',
  args: { '[token...]': "tokens, or text that contains tokens; '-' for stdin, @<file> (default: the saved session's)" },
  options: {
    '--key <file>': 'check or decrypt with this key: JWK, JWK Set, PEM or secret',
  },
  calls: 'nothing',
  examples: [
    'token create --field access_token | anon-cli token decode',
    'token create --json | anon-cli token decode',
  ],
  notes:
    'The text may be a token with or without Bearer, the JSON answer of a token endpoint, lines of a .env file, a header or a curl command. With --json one token is an object, and several are a list. Exits with 3 if a signature is wrong, but with 0 if it could not be checked, or if the token is encrypted or opaque.',
  async run(context, { token: given }, options) {
    const texts = await givenTexts(context, given);
    const tokens =
      texts.length > 0 ? texts.flatMap((_, index) => tokensIn(texts, index)) : await savedTokens(context, options);
    for (const problem of texts.flatMap(({ text }) => brokenBeside(text)))
      context.warn(`The text also contains a broken token: ${problem}.`);
    const decoded = await decodeAll(context, await keysFor(context, options), tokens);
    const [only, ...more] = decoded;
    const alone = only && more.length === 0;
    for (const [index, one] of decoded.entries())
      warnOf(context, one, alone ? 'The token' : titleOf(one, index, decoded));
    printResult(context, options, {
      data: alone ? dataOf(only) : texts.length > 0 ? listOf(decoded) : membersOf(decoded),
      human: (paint) =>
        decoded
          .map((one, index) => renderToken(paint, titleOf(one, index, decoded), bareToken(one.token), one.decoded))
          .join('\n'),
    });
    for (const { name, decoded: one } of decoded) refuseWrong(one, alone ? undefined : name);
  },
});

/** Warns if the token differs from the pasted text, or if its secret is easy to guess. */
function warnOf({ warn }: Context, { decoded: { signature }, repairs = [] }: GivenToken, which: string): void {
  if (repairs.length > 0) warn(`${which} was repaired: the given text contains ${repairs.join(', ')}.`);
  if (signature?.state === 'verified' && signature.warning) warn(`${which}: ${signature.warning}.`);
}

/** A list, because given tokens may share a name or have none. */
function listOf(decoded: readonly GivenToken[]): JsonObject[] {
  return decoded.map((one) => ({ ...(one.name !== undefined && { name: one.name }), ...dataOf(one) }));
}

function dataOf({ decoded, repairs }: GivenToken): JsonObject {
  return { ...tokenData(decoded), ...(repairs && { repaired: repairs }) };
}

function membersOf(decoded: readonly GivenToken[]): JsonObject {
  return Object.fromEntries(decoded.map(({ name, decoded: one }) => [name, tokenData(one)]));
}

/** The token is printed in any case; the error stops scripts. */
function refuseWrong({ signature, inner }: DecodedToken, name: string | undefined): void {
  if (signature?.state === 'wrong') {
    const whose = name === undefined ? 'The signature' : `The signature of ${name}`;
    throw new AnonError('token_unacceptable', `${whose} is wrong: ${signature.reason}.`);
  }
  if (inner) refuseWrong(inner, name);
}
