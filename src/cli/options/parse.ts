import { mostSimilar } from '../../domain/did-you-mean.ts';
import { AnonError } from '../../errors.ts';

export const typeWord = 'application type';
export const formatWord = 'session token format';

/** `text` as one of `words`; `noun` names their kind in the error. @throws {AnonError} `usage` */
export function knownWord<const Word extends string>(text: string, words: readonly Word[], noun: string): Word {
  const word = words.find((candidate) => candidate === text.toLowerCase());
  if (word) return word;
  const similar = mostSimilar(text, words);
  throw new AnonError('usage', `Unknown ${noun} '${text.slice(0, 40)}'.`, {
    hint: similar ? `Did you mean ${similar}?` : `Choose ${words.slice(0, -1).join(', ')} or ${words.at(-1)}.`,
  });
}

/** @throws {AnonError} `usage` */
export function onOrOff(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new AnonError('usage', `Invalid value '${text.slice(0, 40)}'.`, { hint: 'Choose on or off.' });
}

/** Scopes as a user writes them: joined by commas, spaces or both; each once. */
export function scopeList(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((scope) => scope !== ''))];
}

/** The same where at least one is needed. In a script, an empty list is usually a variable that is not set. @throws {AnonError} `usage` */
export function neededScopes(text: string, name = '--scopes'): string[] {
  const scopes = scopeList(text);
  if (scopes.length > 0) return scopes;
  throw new AnonError('usage', `${name} is empty.`, { hint: 'Example: read:catalog,write:cart' });
}

/** The same, joined by spaces. @see RFC 6749, section 3.3 */
export function scopeText(text: string | undefined): string | undefined {
  return text === undefined ? undefined : scopeList(text).join(' ');
}
