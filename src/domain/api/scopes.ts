import { AnonError } from '../../errors.ts';
import { mostSimilar } from '../did-you-mean.ts';
import { shellWord } from '../shell-word.ts';
import type { Api } from './api.ts';

/** @throws {AnonError} `usage` when the API does not define one of the `wanted` scopes */
export function checkDefined(api: Pick<Api, 'name' | 'scopes'>, wanted: readonly string[]): void {
  const defined = api.scopes.map(({ value }) => value);
  const unknown = wanted.find((value) => !defined.includes(value));
  if (unknown !== undefined) throw undefinedScopeError(api.name, unknown, defined);
}

export function undefinedScopeError(api: string, scope: string, defined: readonly string[]): AnonError {
  const similar = mostSimilar(scope, defined);
  return new AnonError('usage', `API '${api}' has no scope '${scope}'.`, {
    hint: `${similar ? `Did you mean '${similar}'? ` : ''}${defined.length > 0 ? `Its scopes: ${defined.join(', ')}.` : 'It has no scopes.'}`,
  });
}

/** The scopes of `before`, then those of `added`, each once. */
export function union(before: readonly string[], added: readonly string[]): string[] {
  return [...new Set([...before, ...added])];
}

/** The error when guests of an API have no scopes and none are given: `usage`. */
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
