import { type AnonError, isAnonError } from '../../errors.ts';
import type { Api } from '../api/api.ts';
import type { App } from '../app/app.ts';
import { appNamed } from '../app/find.ts';
import { mostSimilar } from '../did-you-mean.ts';
import type { DocumentPath } from '../document/node.ts';
import { shellWord } from '../shell-word.ts';
import type { Config, ConfigApi, ConfigApp } from './config.ts';
import type { TenantSnapshot } from './read-tenant.ts';

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
