import type { Edition } from '../../wire/edition/edition.ts';
import { undefinedScopeError } from '../api/scopes.ts';
import type { App } from '../app/app.ts';
import type { DocumentPath } from '../document/node.ts';
import { same } from '../plan/difference.ts';
import type { TenantSnapshot } from './read-tenant.ts';
import { appFor, type Problems, type ResolvedApi, type ResolvedApp } from './resolve.ts';
import { sorted } from './settings.ts';

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
