import { type AnonError, isAnonError } from '../../errors.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import type { Api } from '../api/api.ts';
import { undefinedScopeError } from '../api/scopes.ts';
import type { App } from '../app/app.ts';
import { appNamed } from '../app/find.ts';
import { mostSimilar } from '../did-you-mean.ts';
import type { DocumentPath } from '../document/node.ts';
import { same } from '../plan/difference.ts';
import { shellWord } from '../shell-word.ts';
import type { Config, ConfigApi, ConfigApp } from './config.ts';
import type { TenantSnapshot } from './read-tenant.ts';
import { sorted } from './settings.ts';

/** Why a configuration can't be planned for this tenant. */
export interface PlanProblem {
  /** `['apps', 'web', 'enabled']` */
  readonly path: DocumentPath;
  readonly message: string;
  readonly hint: string | undefined;
}

/** Notes problems, all of them. */
export class Problems {
  readonly all: PlanProblem[] = [];

  add(path: DocumentPath, message: string, hint?: string): void {
    this.all.push({ path, message, hint });
  }

  /** The result of `work`; an error of ours becomes a problem at `path`. */
  attempt<Result>(path: DocumentPath, work: () => Result, hintFor?: (error: AnonError) => string): Result | undefined {
    try {
      return work();
    } catch (error) {
      if (!isAnonError(error)) throw error;
      this.add(path, error.message, hintFor ? hintFor(error) : error.hint);
      return undefined;
    }
  }
}

export interface ResolvedApp {
  readonly reference: string;
  readonly app: App;
  readonly wanted: ConfigApp;
}

export interface ResolvedApi {
  readonly audience: string;
  readonly api: Api;
  readonly wanted: ConfigApi;
}

/** The applications that the file names, at the tenant. */
export function resolveApps(config: Config, snapshot: TenantSnapshot, problems: Problems): ResolvedApp[] {
  const seen = new Map<string, string>();
  return [...config.apps].flatMap(([reference, wanted]) => {
    const path = ['apps', reference];
    const app = appFor(snapshot, problems, reference, path);
    if (!app) return [];
    const other = seen.get(app.clientId);
    if (other !== undefined) {
      problems.add(path, `'${other}' and '${reference}' are the same application.`, 'Keep one of them.');
      return [];
    }
    seen.set(app.clientId, reference);
    return [{ reference, app, wanted }];
  });
}

/** The application that a reference in the file stands for; otherwise a problem. */
export function appFor(
  { apps, selection }: TenantSnapshot,
  problems: Problems,
  reference: string,
  path: DocumentPath,
): App | undefined {
  return problems.attempt(
    path,
    () => appNamed({ selection }, candidatesFor(apps, reference), reference),
    ({ code, hint = '' }) => {
      if (code !== 'not_found') return 'Write one of these client ids instead of the name.';
      const similar = /^Did you mean '(.+)'\?/.exec(hint)?.[0];
      const create = `anon-cli app create ${shellWord(reference)}${selection}`;
      return similar ? `${similar} Otherwise create it: ${create}` : `Create it: ${create}`;
    },
  );
}

const indexes = new WeakMap<readonly App[], ReadonlyMap<string, readonly App[]>>();

/** The applications that a reference can mean, or all of them: a file may name each of thousands. */
function candidatesFor(apps: readonly App[], reference: string): readonly App[] {
  const index = indexes.get(apps) ?? indexOf(apps);
  indexes.set(apps, index);
  return index.get(reference.toLowerCase()) ?? apps;
}

function indexOf(apps: readonly App[]): Map<string, App[]> {
  const index = new Map<string, App[]>();
  for (const app of apps) {
    for (const key of new Set([app.name.toLowerCase(), app.clientId.toLowerCase()])) {
      index.set(key, [...(index.get(key) ?? []), app]);
    }
  }
  return index;
}

/** The APIs that the file names, at the tenant. */
export function resolveApis(config: Config, snapshot: TenantSnapshot, problems: Problems): ResolvedApi[] {
  return [...config.apis].flatMap(([audience, wanted]) => {
    const api = snapshot.apis.find((one) => one.audience === audience);
    if (!api) problems.add(['apis', audience], `API '${audience}' not found.`, missingApiHint(snapshot, audience));
    if (!api?.system) return api ? [{ audience, api, wanted }] : [];
    problems.add(['apis', audience], `API '${audience}' is the tenant's own and can't be opened to guests.`);
    return [];
  });
}

function missingApiHint({ apis, selection }: TenantSnapshot, audience: string): string {
  const named = apis.find(({ id, name }) => id === audience || name === audience);
  if (named) return `APIs are named by their audience: ${named.audience}`;
  const known = apis.filter(({ system }) => !system).map((api) => api.audience);
  const similar = mostSimilar(audience, known);
  const create = `anon-cli api create <name> --audience ${shellWord(audience)}${selection}`;
  return similar ? `Did you mean '${similar}'? Otherwise create it: ${create}` : `Create it: ${create}`;
}

/** The scopes that the file gives to the guests of one application at one API. */
export interface GuestList {
  readonly app: App;
  readonly scopes: readonly string[];
  readonly path: DocumentPath;
}

/** The lists of an API, one for each application that the file says something about. */
export function guestLists(
  snapshot: TenantSnapshot,
  problems: Problems,
  apps: readonly ResolvedApp[],
  { audience, api, wanted }: ResolvedApi,
): GuestList[] {
  const lists = new Map<string, GuestList>();
  const path = ['apis', audience, 'scopes'];
  if (wanted.scopes) {
    checkScopes(problems, api, wanted.scopes, path);
    for (const {
      app,
      wanted: { enabled },
    } of apps) {
      if (enabled) lists.set(app.clientId, { app, scopes: sorted(wanted.scopes), path });
    }
  }
  const resolved = wanted.apps && new Map(apps.map((one) => [one.reference, one.app]));
  for (const [reference, scopes] of wanted.apps ?? []) {
    const own = ['apis', audience, 'apps', reference];
    checkScopes(problems, api, scopes, own);
    const app = resolved?.get(reference) ?? appFor(snapshot, problems, reference, own);
    if (app) lists.set(app.clientId, { app, scopes: sorted(scopes), path: own });
  }
  return [...lists.values()];
}

function checkScopes(problems: Problems, api: ResolvedApi['api'], scopes: readonly string[], path: DocumentPath): void {
  const defined = api.scopes.map(({ value }) => value);
  scopes.forEach((scope, index) => {
    if (defined.includes(scope)) return;
    const { message, hint } = undefinedScopeError(api.name, scope, defined);
    problems.add([...path, index], message, hint);
  });
}

/**
 * The one list of an API in an edition that gives the guests of every application the same scopes. Undefined when the file
 * gives none, or would need several.
 */
export function sharedList(
  edition: Edition,
  problems: Problems,
  apps: readonly ResolvedApp[],
  { audience, wanted }: ResolvedApi,
  lists: readonly GuestList[],
): readonly string[] | undefined {
  const [first, ...others] = lists;
  if (!first) return wanted.scopes && sorted(wanted.scopes);
  const differs = others.find(({ scopes }) => !same(scopes, first.scopes));
  const alike = `Edition ${edition.name} gives the guests of every application the same scopes at an API`;
  if (differs) {
    const names = `'${first.app.name}' and '${differs.app.name}'`;
    problems.add(differs.path, `${alike}, but the lists for ${names} differ.`, 'Give both the same scopes.');
    return undefined;
  }
  const silent = apps.find((one) => one.wanted.enabled && !has(lists, one));
  if (silent) {
    problems.add(
      ['apis', audience, 'apps'],
      `${alike}, so the list would be for '${silent.app.name}' too, which the file does not give any.`,
      `Write the list as scopes of the API, or disable '${silent.app.name}'.`,
    );
    return undefined;
  }
  return first.scopes;
}

function has(lists: readonly GuestList[], { app }: ResolvedApp): boolean {
  return lists.some((list) => list.app.clientId === app.clientId);
}
