import type { SessionTokenFormat } from '../../wire/edition/edition.ts';
import type { Place } from '../document/problem.ts';

/** What a policy demands, by its key in the file. */
export type PolicyRule =
  | { readonly kind: 'max-session-lifetime'; readonly seconds: number }
  | { readonly kind: 'min-session-lifetime'; readonly seconds: number }
  | { readonly kind: 'token-format'; readonly format: SessionTokenFormat }
  | { readonly kind: 'cookie'; readonly cookie: boolean }
  | { readonly kind: 'max-token-lifetime'; readonly seconds: number }
  /** Patterns in which `*` stands for any characters. */
  | { readonly kind: 'forbidden-scopes'; readonly patterns: readonly string[] }
  /** Expressions of claims, with the nested keys below them. */
  | { readonly kind: 'forbidden-claims'; readonly expressions: readonly string[] };

export type PolicyKind = PolicyRule['kind'];

export interface Policy {
  readonly rule: PolicyRule;
  readonly severity: 'error' | 'warning';
  /** Why, in the words of the user. */
  readonly message?: string;
  /** Patterns of audiences; undefined for every API. */
  readonly apis?: readonly string[];
  /** Patterns of names or client ids; undefined for every application. */
  readonly apps?: readonly string[];
  /** Where it is written. */
  readonly place: Place;
}
