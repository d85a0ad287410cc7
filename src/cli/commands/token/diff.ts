import { compareTokens } from '../../../domain/token/compare.ts';
import { AnonError } from '../../../errors.ts';
import { bareToken } from '../../../jose/compact.ts';
import {
  clockOf,
  decodeAll,
  type GivenToken,
  givenTexts,
  keysFor,
  savedTokens,
  tokensIn,
} from '../../input/given-tokens.ts';
import { printResult } from '../../output/output.ts';
import { comparisonData, renderComparison } from '../../render/token-comparison.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

export const tokenDiffCommand = defineCommand({
  description: 'show what changed between two tokens: header and claims, with times as dates',
  args: {
    '<before>': "a token, or text that contains one; '-' for stdin, @<file>",
    '[after]': "the other token (default: the saved session's)",
  },
  options: {
    '--key <file>': 'decrypt with this key: JWK, JWK Set, PEM or secret',
  },
  calls: 'nothing',
  examples: ['token create --json | anon-cli token diff -'],
  notes:
    "In two answers of a token endpoint, tokens with the same name are compared. A difference is not an error: see 'same' in the JSON. Signatures are not compared.",
  async run(context, { before, after }, options) {
    const texts = await givenTexts(context, after === undefined ? [before] : [before, after]);
    const [first = [], second = await savedTokens(context, options)] = texts.map((_, index) => tokensIn(texts, index));
    const keys = await keysFor(context, options);
    const [olds, news] = [await decodeAll(context, keys, first), await decodeAll(context, keys, second)];
    const compared = pairsOf(olds, news).map(([old, now]) => ({
      before: old,
      after: now,
      ...compareTokens(bare(old), bare(now)),
    }));
    warnOfWrong(context, compared);
    const clock = clockOf(context, keys, [...olds, ...news]);
    printResult(context, options, {
      data: comparisonData(compared),
      human: (paint) =>
        compared.map((pair, index) => renderComparison(paint, pair, index, compared, clock.now())).join('\n'),
    });
  },
});

function bare({ token, decoded }: GivenToken) {
  return { token: bareToken(token), decoded };
}

/** Pairs of tokens: one with one; several by name, otherwise by kind. @throws {AnonError} `usage` */
function pairsOf(before: readonly GivenToken[], after: readonly GivenToken[]): [GivenToken, GivenToken][] {
  const [old, now] = [before[0], after[0]];
  if (before.length === 1 && after.length === 1 && old && now) return [[old, now]];
  const pairs = pairsBy(before, after, ({ name }) => name?.toLowerCase());
  if (pairs.length > 0) return pairs;
  const sameKind = pairsBy(before, after, ({ decoded: { form, header } }) => `${form} ${String(header.typ)}`);
  if (sameKind.length === 1) return sameKind;
  throw new AnonError(
    'usage',
    `Can't pair ${before.length} tokens with ${after.length}: they have no names in common.`,
    {
      hint: 'Pass two tokens, or two answers of a token endpoint.',
    },
  );
}

function pairsBy(
  before: readonly GivenToken[],
  after: readonly GivenToken[],
  by: (token: GivenToken) => string | undefined,
): [GivenToken, GivenToken][] {
  return before.flatMap((one): [GivenToken, GivenToken][] => {
    const key = by(one);
    const match = key === undefined ? undefined : after.find((other) => by(other) === key);
    return match ? [[one, match]] : [];
  });
}

function warnOfWrong(
  { warn }: Context,
  compared: readonly { readonly before: GivenToken; readonly after: GivenToken }[],
): void {
  for (const [which, { decoded }] of compared.flatMap(({ before, after }) => [
    ['first', before] as const,
    ['second', after] as const,
  ])) {
    if (decoded.signature?.state === 'wrong') {
      warn(`The signature of the ${which} token is wrong: ${decoded.signature.reason}.`);
    }
  }
}
