import type { Edition, EditionName } from '../../wire/edition/edition.ts';
import { apiNamed } from '../api/find.ts';
import type { App } from '../app/app.ts';
import { appNamed } from '../app/find.ts';
import type { Config } from './config.ts';
import { type ConfigObject, keyOf } from './objects.ts';
import type { FoundObject, TenantSnapshot } from './read-tenant.ts';
import { type PlanProblem, Problems, resolveApps } from './resolve.ts';
import { differing, only, type Value, type Values } from './settings.ts';
import { type Target, targetsOf } from './targets.ts';

/** One change of one object: a request, or none when the object has the settings by the time it is sent. */
export interface Step {
  readonly object: ConfigObject;
  /** Steps in one place do not depend on each other; lower places are done first. */
  readonly place: number;
  /** The settings that change, as they are and as they are to be. */
  readonly before: Values;
  readonly after: Values;
}

/** An object and settings that it has, or should have. */
export interface ObjectValues {
  readonly object: ConfigObject;
  readonly values: Values;
}

/** What leads a tenant from the state that was read to the wanted one. Plain data, so that it can be saved. */
export interface ConfigPlan {
  readonly issuer: string;
  readonly edition: EditionName;
  /** In the order in which they are sent. */
  readonly steps: readonly Step[];
  /** Every setting that is managed, changed or not, as it will be. */
  readonly managed: readonly ObjectValues[];
  /** Whether that is everything that the file manages. */
  readonly narrowed: boolean;
}

export interface PlanOptions {
  /** Also close what the file does not open. */
  readonly prune: boolean;
  /** Only this application, and only this API: a name or an id. */
  readonly app?: string | undefined;
  readonly api?: string | undefined;
}

/**
 * Plans how a tenant gets to the state of a configuration; or finds out why it can't.
 * @throws {AnonError} `not_found` or `ambiguous` for the application or the API in `options`
 */
export function planConfig(
  config: Config,
  snapshot: TenantSnapshot,
  options: PlanOptions,
): { readonly plan: ConfigPlan; readonly problems: readonly PlanProblem[] } {
  const { targets, problems } = targetsOf(config, snapshot, options);
  const isWanted = narrowing(snapshot, options);
  const chosen = [...targets.values()].filter(({ found }) => isWanted(found.object));
  const narrowed = options.app !== undefined || options.api !== undefined;
  return { plan: planTargets(snapshot, chosen, narrowed), problems };
}

/**
 * The applications that a file does not name, whose guests get scopes from a plan: those that are enabled, in an edition that
 * gives the guests of every application the same scopes at an API.
 */
export function alsoReached(config: Config, snapshot: TenantSnapshot, { steps }: ConfigPlan): App[] {
  const opens = steps.some(({ object, before, after }) => {
    const [old, now] = [before.scopes, after.scopes].map((list) => (Array.isArray(list) ? (list as string[]) : []));
    return object.kind === 'api' && now?.some((scope) => !old?.includes(scope));
  });
  if (!opens) return [];
  const named = resolveApps(config, snapshot, new Problems()).map(({ app }) => app.clientId);
  const planned = steps.map(({ object }) => keyOf(object));
  return snapshot.apps.filter(
    ({ enabled, clientId }) =>
      enabled && !named.includes(clientId) && !planned.includes(keyOf({ kind: 'application', clientId, name: '' })),
  );
}

/** Plans how objects get to their targets. */
export function planTargets(snapshot: TenantSnapshot, targets: readonly Target[], narrowed: boolean): ConfigPlan {
  const { issuer, edition } = snapshot;
  const defined = new Map(snapshot.apis.map(({ audience, scopes }) => [audience, scopes.map(({ value }) => value)]));
  const steps = targets.flatMap(({ found: { object, values }, wanted }): Step[] => {
    const after = differing(values, wanted);
    if (Object.keys(after).length === 0) return [];
    const scopes = 'audience' in object ? (defined.get(object.audience) ?? []) : [];
    const change = { object, before: values, after: { ...values, ...after }, defined: scopes };
    return [{ object, place: placeOfChange(edition, change), before: only(values, after), after }];
  });
  return {
    issuer,
    edition: edition.name,
    // A stable sort: within a place, the order of the file.
    steps: steps.sort((one, other) => one.place - other.place),
    managed: targets.map(({ found: { object }, wanted }) => ({ object, values: wanted })),
    narrowed,
  };
}

/** Which objects a plan may change: an application and an API, if both are given, and the grant between them. */
function narrowing(
  { apps, apis, selection }: TenantSnapshot,
  { app, api }: PlanOptions,
): (object: ConfigObject) => boolean {
  const clientId = app === undefined ? undefined : appNamed({ selection }, apps, app).clientId;
  const audience = api === undefined ? undefined : apiNamed({ selection }, apis, api).audience;
  const all = clientId === undefined && audience === undefined;
  return (object) => {
    if (object.kind === 'tenant') return all;
    if (object.kind === 'application') return all || object.clientId === clientId;
    if (object.kind === 'api') return all || object.audience === audience;
    return (
      (clientId === undefined || object.clientId === clientId) &&
      (audience === undefined || object.audience === audience)
    );
  };
}

/** The target that sets `values` on an object. */
export function targetFor(
  objects: ReadonlyMap<string, FoundObject>,
  { object, values }: ObjectValues,
): Target | undefined {
  const found = objects.get(keyOf(object)) ?? absentGrant(object);
  return found && { found, wanted: values };
}

function absentGrant(object: ConfigObject): FoundObject | undefined {
  return object.kind === 'grant' ? { object, values: { scopes: null }, body: undefined } : undefined;
}

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

interface Ordered {
  readonly object: ConfigObject;
  /** Every setting of the object, before and after. */
  readonly before: Values;
  readonly after: Values;
  /** The scopes that its API defines: what `all` stands for. */
  readonly defined: readonly string[];
}

/** The place of a change: the lower, the earlier. */
function placeOfChange(edition: Edition, change: Ordered): number {
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
