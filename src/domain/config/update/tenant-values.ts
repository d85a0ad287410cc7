import type { ClaimMapping } from '../../../wire/claims-mapping.ts';
import { claimPath } from '../../claims/parse-mapping.ts';
import type { DocumentPath } from '../../document/node.ts';
import { lifetimeArgument } from '../../duration.ts';
import { same } from '../../plan/difference.ts';
import type { WrittenConfig } from '../config.ts';
import { type ConfigObject, keyOf } from '../objects.ts';
import { type ConfigPlan, planConfig } from '../plan.ts';
import { type FoundObject, objectsIn, type TenantSnapshot } from '../read-tenant.ts';
import {
  type GuestList,
  guestLists,
  type PlanProblem,
  Problems,
  type ResolvedApi,
  type ResolvedApp,
  resolveApis,
  resolveApps,
} from '../resolve.ts';
import { sorted, type Value } from '../settings.ts';
import type { ValueEdit } from './edited-text.ts';
import type { NewMap, NewValue } from './styles.ts';

/** A setting that a file and a tenant have differently. */
export interface ChangedSetting {
  readonly object: ConfigObject;
  readonly setting: string;
  /** In the file. */
  readonly before: Value;
  /** At the tenant. */
  readonly after: Value;
}

/** What a file manages, as a tenant has it. */
export class TenantValues {
  readonly changed: readonly ChangedSetting[];
  /** Why parts of the file mean nothing at this tenant. */
  readonly problems: readonly PlanProblem[];
  readonly plan: ConfigPlan;
  readonly #file: string;
  readonly #written: WrittenConfig;
  readonly #snapshot: TenantSnapshot;
  readonly #objects: ReadonlyMap<string, FoundObject>;
  readonly #apps: readonly ResolvedApp[];
  readonly #apis: readonly ResolvedApi[];

  constructor(file: string, written: WrittenConfig, snapshot: TenantSnapshot) {
    this.#file = file;
    this.#written = written;
    this.#snapshot = snapshot;
    this.#objects = objectsIn(snapshot);
    const ignored = new Problems();
    this.#apps = resolveApps(written.config, snapshot, ignored);
    this.#apis = resolveApis(written.config, snapshot, ignored);
    const { plan, problems } = planConfig(written.config, snapshot, { prune: false });
    this.plan = plan;
    this.problems = problems;
    this.changed = plan.steps.flatMap(({ object, before, after }) =>
      Object.entries(after).map(([setting, value]) => ({
        object,
        setting,
        before: value,
        after: before[setting] ?? null,
      })),
    );
  }

  /** What gives the file the tenant's values, without what other files say. */
  edits(): ValueEdit[] {
    const single = this.changed.filter((one) => !isShared(one)).map((one) => this.#singleEdit(one));
    const shared = this.changed.filter(isShared);
    const audiences = new Set(shared.flatMap(({ object }) => ('audience' in object ? [object.audience] : [])));
    return [
      ...single,
      ...this.#apis.filter(({ audience }) => audiences.has(audience)).flatMap((api) => this.#scopeEdits(api)),
      ...(this.changed.some(({ setting }) => setting === 'claims') ? this.#claimEdits() : []),
    ].filter(({ path }) => this.#isHere(path));
  }

  /** Where the file has a setting. */
  pathOf({ object, setting }: Pick<ChangedSetting, 'object' | 'setting'>): DocumentPath {
    if (setting === 'claims') return ['claims'];
    if (object.kind === 'tenant') return ['tenant', setting];
    if (object.kind === 'application') {
      const app = this.#apps.find((one) => one.app.clientId === object.clientId);
      return ['apps', app?.reference ?? object.name, setting];
    }
    const { audience } = object;
    if (setting !== 'scopes') return ['apis', audience, setting];
    const lists = this.#listsOf(this.#apis.find((one) => one.audience === audience));
    const list = object.kind === 'grant' ? lists.find(({ app }) => app.clientId === object.clientId) : lists[0];
    return list?.path ?? ['apis', audience, 'scopes'];
  }

  /** Why the file keeps a value, where that is not the way in which it is written. */
  reasonFor(one: ChangedSetting): string {
    const { file } = this.#written.placeOf(this.pathOf(one));
    if (file !== this.#file) return `it comes from ${file}`;
    if (one.after === 'all') return 'a list cannot express every scope, later ones too';
    if (one.setting === 'claims') return 'the tenant has different claims in different places';
    if (one.after === null && one.object.kind === 'grant') return 'scopes give every enabled application a grant';
    return 'one file cannot express it';
  }

  #singleEdit({ object, setting, after }: ChangedSetting): ValueEdit {
    const isDuration = typeof after === 'number' && setting.endsWith('lifetime');
    const value = isDuration ? lifetimeArgument(after) : (after as NewValue | null);
    return { path: this.pathOf({ object, setting }), value: value ?? undefined };
  }

  #scopeEdits(api: ResolvedApi): ValueEdit[] {
    const { scopes, apps } = api.wanted;
    const path = ['apis', api.audience];
    const lists = this.#listsOf(api).map((list) => ({ ...list, now: this.#scopesNow(api, list) }));
    const shared = lists.filter((list) => !isOwn(list)).map(({ now }) => now);
    const [first = this.#scopesNow(api, undefined)] = shared;
    const isAlike = first !== null && shared.every((now) => same(now, first));
    const own = new Map<string, readonly string[]>(apps);
    for (const { app, now, path: listPath } of lists) {
      const reference = isOwn({ path: listPath }) ? String(listPath.at(-1)) : this.#referenceTo(app.clientId);
      if (now === null) {
        // Where there is a shared list, it would get that instead.
        if (scopes === undefined) own.delete(reference);
      } else if (own.has(reference) || !(isAlike || same(now, scopes ?? null))) own.set(reference, now);
    }
    const here = [...own].filter(([reference]) => this.#isHere([...path, 'apps', reference]));
    return [
      ...(scopes && isAlike ? [{ path: [...path, 'scopes'], value: first }] : []),
      ...(apps || here.length > 0 ? [{ path: [...path, 'apps'], value: Object.fromEntries(here) as NewMap }] : []),
    ];
  }

  /** The scopes of a list at the tenant, as of today; null where there is no such list. */
  #scopesNow({ api }: ResolvedApi, list: GuestList | undefined): readonly string[] | null {
    const { audience, name, id } = api;
    const object: ConfigObject = !this.#snapshot.edition.grantsScopes
      ? { kind: 'api', id, audience, name }
      : { kind: 'grant', clientId: list?.app.clientId ?? '', audience, app: '', api: name };
    const now = this.#objects.get(keyOf(object))?.values.scopes ?? null;
    return now === 'all' ? sorted(api.scopes.map(({ value }) => value)) : (now as readonly string[] | null);
  }

  #claimEdits(): ValueEdit[] {
    const lists = this.plan.managed
      .filter(({ values }) => 'claims' in values)
      .map(({ object }) => (this.#objects.get(keyOf(object))?.values.claims ?? []) as readonly ClaimMapping[]);
    const [first = []] = lists;
    if (!lists.every((list) => same(list, first))) return [];
    const known = (this.#written.config.claims ?? []).map(({ name }) => name);
    const here = first.filter(({ name }) => !known.includes(name) || this.#isHere(['claims', name]));
    const claims = here.map(({ name, expression }) => [name, claimPath(expression)]);
    return [{ path: ['claims'], value: Object.fromEntries(claims) }];
  }

  #listsOf(api: ResolvedApi | undefined): GuestList[] {
    return api ? guestLists(this.#snapshot, new Problems(), this.#apps, api) : [];
  }

  #referenceTo(clientId: string): string {
    return this.#apps.find(({ app }) => app.clientId === clientId)?.reference ?? clientId;
  }

  /** In this file, and not in one that it extends. */
  #isHere(path: DocumentPath): boolean {
    return this.#written.placeOf(path, 'key').file === this.#file;
  }
}

/** Whether several objects of the tenant have it from one place in the file. */
function isShared({ setting }: ChangedSetting): boolean {
  return setting === 'scopes' || setting === 'claims';
}

/** For the guests of one application. */
function isOwn({ path }: Pick<GuestList, 'path'>): boolean {
  return path[2] === 'apps';
}
