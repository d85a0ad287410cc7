import type { Edition } from '../../wire/edition/edition.ts';
import type { ConfigObject } from './objects.ts';
import type { Value, Values } from './settings.ts';

/**
 * When a change is sent, from 0. All changes that only take something away come before all others, and those that only give
 * something come after all others: so guests never get a scope on the way that neither the state before nor the state after
 * gives them. Changes in one place do not depend on each other.
 */
const places = [
  'api closes',
  'application is disabled',
  'scopes narrow',
  'other settings tighten',
  'both',
  'tenant loosens',
  'scopes widen',
  'api opens',
  'application is enabled',
] as const;

type Place = (typeof places)[number];

export interface Ordered {
  readonly object: ConfigObject;
  /** Every setting of the object, before and after. */
  readonly before: Values;
  readonly after: Values;
  /** The scopes that its API defines: what `all` stands for. */
  readonly defined: readonly string[];
}

/** The place of a change: the lower, the earlier. */
export function placeOfChange(edition: Edition, change: Ordered): number {
  return places.indexOf(placeFor(edition, change));
}

function placeFor(edition: Edition, { object, before, after, defined }: Ordered): Place {
  if (object.kind === 'tenant') return tenantPlace(before, after);
  if (object.kind === 'application') return appPlace(edition, before, after);
  if (object.kind === 'grant') {
    return placeOfSets(given(before.scopes, defined), given(after.scopes, defined), 'scopes narrow', 'scopes widen');
  }
  if (before.open === true && after.open !== true) return 'api closes';
  if (edition.grantsScopes) return after.open === true && before.open !== true ? 'api opens' : apiRest(before, after);
  const sets = [before, after].map(({ open, scopes }) => (open === true ? given(scopes, defined) : new Set<string>()));
  const [old = new Set(), now = new Set()] = sets;
  if (old.size === now.size && isWithin(old, now)) return apiRest(before, after);
  return placeOfSets(old, now, 'scopes narrow', before.open === true ? 'scopes widen' : 'api opens');
}

function apiRest(before: Values, after: Values): Place {
  const [old, now] = [before['token-lifetime'], after['token-lifetime']];
  return typeof old === 'number' && typeof now === 'number' && now < old ? 'other settings tighten' : 'both';
}

/** Only an application that is conformant, where the edition requires that, has guests. */
function appPlace(edition: Edition, before: Values, after: Values): Place {
  const hasGuests = (values: Values) =>
    values.enabled === true && (!edition.needsOidcConformance || values['oidc-conformant'] === true);
  if (hasGuests(before) && !hasGuests(after)) return 'application is disabled';
  if (hasGuests(after) && !hasGuests(before)) return 'application is enabled';
  const [old, now] = [before, after].map(({ origins }) => new Set(origins as readonly string[]));
  return old && now && now.size < old.size && isWithin(now, old) ? 'other settings tighten' : 'both';
}

/** A lifetime of 0 never ends. */
function tenantPlace(before: Values, after: Values): Place {
  const [old, now] = [before, after].map(({ lifetime }) => Number(lifetime) || Number.POSITIVE_INFINITY);
  const [lifetimeBefore = 0, lifetimeAfter = 0] = [old, now];
  const opens = lifetimeAfter > lifetimeBefore || (before.format === 'jwe' && after.format === 'jwt');
  return opens ? 'tenant loosens' : 'other settings tighten';
}

/** What a list gives: a token at all, and each scope. */
function given(scopes: Value | undefined, defined: readonly string[]): Set<string> {
  if (scopes === null || scopes === undefined) return new Set();
  // The last stands for the scopes that the API may define later.
  if (scopes === 'all') return new Set(['', ...defined, 'later scopes']);
  return new Set(['', ...(scopes as readonly string[])]);
}

function placeOfSets(before: Set<string>, after: Set<string>, narrower: Place, wider: Place): Place {
  if (isWithin(after, before)) return narrower;
  return isWithin(before, after) ? wider : 'both';
}

function isWithin(inner: ReadonlySet<string>, outer: ReadonlySet<string>): boolean {
  return [...inner].every((item) => outer.has(item));
}
