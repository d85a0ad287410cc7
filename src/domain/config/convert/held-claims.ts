import { expressionRoot } from '../../../wire/claims-mapping.ts';
import type { Place } from '../../document/problem.ts';
import { same } from '../../plan/difference.ts';
import { itemsOf, type Member, memberAt, type Values } from './members.ts';

/** The claims of one application or API. */
export interface HeldClaims {
  readonly place: Place;
  readonly holder: string;
  /** Undefined where the file does not say which. */
  readonly claims: Readonly<Record<string, string>> | undefined;
}

/** A list of mappings: paths by the names of claims. */
export function claimsIn(member: Member | undefined, values: Values): HeldClaims['claims'] {
  if (!member) return undefined;
  const mappings = itemsOf(member).flatMap((node): [string, string][] => {
    const name = values.text(memberAt(node, 'name'));
    const expression = values.text(memberAt(node, 'expression'));
    if (name === undefined || expression === undefined) {
      values.leave(node.place, 'A claim without a name and an expression is left out.');
      return [];
    }
    const root = `${expressionRoot}.`;
    return [[name, expression.startsWith(root) ? expression.slice(root.length) : expression]];
  });
  return Object.fromEntries(mappings.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * The claims of a file, which has one list. Undefined where the holders have none, or different ones. Each edition has another
 * kind of holder, so a kind without any claims does not count.
 */
export function sharedClaims(kinds: readonly (readonly HeldClaims[])[], values: Values): HeldClaims['claims'] {
  const [first, ...others] = kinds.filter((held) => held.some(({ claims }) => claims !== undefined)).flat();
  const differing = others.find(({ claims }) => !same(claims ?? {}, first?.claims ?? {}));
  if (first && differing) {
    const message = `The claims of '${first.holder}' and '${differing.holder}' differ, which one list can't express: claims are left out.`;
    values.leave(differing.place, message);
    return undefined;
  }
  return first?.claims;
}
