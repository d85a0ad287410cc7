import { AnonError } from '../../errors.ts';
import { mostSimilar } from '../similar.ts';
import type { Api } from './api.ts';

/** @throws {AnonError} `usage` when one is not a scope that the API defines */
export function checkDefined(api: Pick<Api, 'name' | 'scopes'>, wanted: readonly string[]): void {
  const defined = api.scopes.map(({ value }) => value);
  const stray = wanted.find((value) => !defined.includes(value));
  if (stray !== undefined) throw strayScope(api.name, stray, defined);
}

export function strayScope(api: string, stray: string, defined: readonly string[]): AnonError {
  const similar = mostSimilar(stray, defined);
  return new AnonError('usage', `API '${api}' defines no scope '${stray}'.`, {
    hint: `${similar ? `Did you mean '${similar}'? ` : ''}Its scopes: ${defined.join(', ') || 'none'}.`,
  });
}

/** The scopes of `before` and those of `added`, each once, in their order. */
export function union(before: readonly string[], added: readonly string[]): string[] {
  return [...new Set([...before, ...added])];
}
