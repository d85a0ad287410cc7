import { compareTokens, repeatsIn } from '../../../domain/token/compare.ts';
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
import { comparisonData, type LoneToken, renderComparison } from '../../render/token-comparison.ts';
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
    "In two answers of a token endpoint, tokens with the same name are compared, and one without a counterpart is a difference. A difference is not an error: see 'same' in the JSON. Signatures are not compared.",
  async run(context, { before, after }, options) {
    const texts = await givenTexts(context, after === undefined ? [before] : [before, after]);
    const [first = [], second = await savedTokens(context, options)] = texts.map((_, index) => tokensIn(texts, index));
    const keys = await keysFor(context, options);
    const [olds, news] = [await decodeAll(context, keys, first), await decodeAll(context, keys, second)];
    const { pairs, lone } = pairsOf(olds, news);
    const compared = pairs.map(([old, now]) => ({
      before: old,
      after: now,
      ...compareTokens(bare(old), bare(now)),
    }));
    // Saved tokens that the text has nothing to say about are no difference.
    const unpaired = lone.filter(({ side }) => side === 'before' || after !== undefined);
    warnOf(context, compared);
    const clock = clockOf(context, keys, [...olds, ...news]);
    printResult(context, options, {
      data: comparisonData(compared, unpaired),
      human: (paint) => renderComparison(paint, compared, unpaired, clock.now()),
    });
  },
});

function bare({ token, decoded }: GivenToken) {
  return { token: bareToken(token), decoded };
}

type Pair = readonly [GivenToken, GivenToken];

/** Pairs of tokens: one with one; several by name, otherwise by kind. @throws {AnonError} `usage` */
function pairsOf(
  before: readonly GivenToken[],
  after: readonly GivenToken[],
): { readonly pairs: readonly Pair[]; readonly lone: readonly (LoneToken & { found: GivenToken })[] } {
  const [old, now] = [before[0], after[0]];
  if (before.length === 1 && after.length === 1 && old && now) return { pairs: [[old, now]], lone: [] };
  const named = pairsBy(before, after, ({ name }) => name?.toLowerCase());
  if (named.length > 0) {
    const paired = new Set(named.flat());
    const rest = (side: LoneToken['side'], tokens: readonly GivenToken[]) =>
      tokens.filter((found) => !paired.has(found)).map((found) => ({ found, side }));
    return { pairs: named, lone: [...rest('before', before), ...rest('after', after)] };
  }
  const kindOf = ({ decoded: { form, header } }: GivenToken) => `${form} ${String(header.typ)}`;
  const sameKind = pairsBy(before, after, kindOf);
  const isOnly = (one: GivenToken) =>
    [before, after].every((all) => all.filter((other) => kindOf(other) === kindOf(one)).length === 1);
  if (sameKind.length === 1 && sameKind.flat().every(isOnly)) return { pairs: sameKind, lone: [] };
  throw new AnonError(
    'usage',
    `Can't pair ${before.length === 1 ? '1 token' : `${before.length} tokens`} with ${after.length}: they have no names in common.`,
    {
      hint: 'Pass two tokens, or two answers of a token endpoint.',
    },
  );
}

/** Tokens with one name are paired in their order. */
function pairsBy(
  before: readonly GivenToken[],
  after: readonly GivenToken[],
  by: (token: GivenToken) => string | undefined,
): Pair[] {
  const left = [...after];
  return before.flatMap((one): Pair[] => {
    const key = by(one);
    const at = key === undefined ? -1 : left.findIndex((other) => by(other) === key);
    const [match] = at === -1 ? [] : left.splice(at, 1);
    return match ? [[one, match]] : [];
  });
}

function warnOf(
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
    for (const note of repeatsIn(decoded)) warn(`The ${which} token: ${note}.`);
  }
}
