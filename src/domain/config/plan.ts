import type { EditionName } from '../../wire/edition/edition.ts';
import { apiNamed } from '../api/find.ts';
import type { App } from '../app/app.ts';
import { appNamed } from '../app/find.ts';
import type { Config } from './config.ts';
import { type ConfigObject, keyOf } from './objects.ts';
import { placeOfChange } from './order.ts';
import type { FoundObject, TenantSnapshot } from './read-tenant.ts';
import { type PlanProblem, Problems, resolveApps } from './resolve.ts';
import { differing, only, type Values } from './settings.ts';
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
