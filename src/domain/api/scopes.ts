import { AnonError } from '../../errors.ts';
import { mostSimilar } from '../did-you-mean.ts';
import { shellWord } from '../shell-word.ts';
import type { Api } from './api.ts';

/** @throws {AnonError} `usage` when one is not a scope that the API defines */
export function checkDefined(api: Pick<Api, 'name' | 'scopes'>, wanted: readonly string[]): void {
  const defined = api.scopes.map(({ value }) => value);
  const stray = wanted.find((value) => !defined.includes(value));
  if (stray !== undefined) throw strayScope(api.name, stray, defined);
}

export function strayScope(api: string, stray: string, defined: readonly string[]): AnonError {
  const similar = mostSimilar(stray, defined);
  return new AnonError('usage', `API '${api}' has no scope '${stray}'.`, {
    hint: `${similar ? `Did you mean '${similar}'? ` : ''}${defined.length > 0 ? `Its scopes: ${defined.join(', ')}.` : 'It has no scopes.'}`,
  });
}

/** The scopes of `before` and those of `added`, each once, in their order. */
export function union(before: readonly string[], added: readonly string[]): string[] {
  return [...new Set([...before, ...added])];
}

/** What to end with where guests of an API have no scopes and nobody named any: `usage`. */
export function noScopesGiven({ name, scopes }: Pick<Api, 'name' | 'scopes'>): AnonError {
  const [first, ...others] = scopes.map(({ value }) => value);
  if (first === undefined) {
    return new AnonError('usage', `No scopes given, and API '${name}' has none.`, {
      hint: "To enable it without scopes: --scopes ''",
    });
  }
  return new AnonError('usage', `No scopes given for API '${name}'.`, {
    hint: `Choose from: ${[first, ...others].join(', ')} (--scopes ${shellWord(first)})`,
  });
}
