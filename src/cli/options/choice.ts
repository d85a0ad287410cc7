import { mostSimilar } from '../../domain/did-you-mean.ts';
import { AnonError } from '../../errors.ts';

/** The one of `words` that `text` is; `noun` is what they are, `a session token format`. @throws {AnonError} `usage` */
export function knownWord<const Word extends string>(
  text: string,
  words: readonly Word[],
  { noun, plural }: { noun: string; plural: string },
): Word {
  const word = words.find((candidate) => candidate === text.toLowerCase());
  if (word) return word;
  const similar = mostSimilar(text, words);
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not ${noun}.`, {
    hint: similar
      ? `Did you mean ${similar}?`
      : `The ${plural} are ${words.join(words.length === 2 ? ' and ' : ', ')}.`,
  });
}

export const typeWord = { noun: 'a type of application', plural: 'types' };
export const formatWord = { noun: 'a session token format', plural: 'formats' };
