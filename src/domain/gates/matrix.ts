import type { Edition } from '../../wire/edition/edition.ts';
import type { ApiWithGrants } from '../api/api.ts';
import { apiNamed } from '../api/find.ts';
import { withGrants } from '../api/guest-grants.ts';
import { listEveryApi } from '../api/read.ts';
import type { App } from '../app/app.ts';
import { appNamed } from '../app/find.ts';
import { listApps } from '../app/read.ts';
import { lacksConformance } from '../app/set-access.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { effectiveScopes } from './diagnosis/api-checks.ts';

/** What guests of one application get at one API. */
export interface Cell {
  readonly app: App;
  readonly api: ApiWithGrants;
  /** Granted, of what the API defines, whether or not the other gates let it count; sorted. */
  readonly scopes: readonly string[];
  /** Guests get these scopes now. */
  readonly open: boolean;
}

/** Applications by APIs, both sorted by name and id, so that two looks at the same settings are the same. */
export interface Matrix {
  readonly apps: readonly App[];
  readonly apis: readonly ApiWithGrants[];
  /** A row for each application, a cell for each API. */
  readonly rows: readonly (readonly Cell[])[];
}

/** What a matrix is to show. */
export interface MatrixQuestion {
  /** What is closed too. */
  readonly all: boolean;
  /** Of this application, or this API, alone: by a name or an id. */
  readonly app?: string | undefined;
  readonly api?: string | undefined;
}

/**
 * Which guest scopes are open where. Applications and APIs that are closed and hold no grant are left out unless `all`
 * are wanted, or they are named. Each list is asked for once, however many there are.
 * @throws {AnonError} `not_found`, `ambiguous` or `usage` for one that is named
 */
export async function guestMatrix(tenant: TenantConnection, question: MatrixQuestion): Promise<Matrix> {
  const edition = await editionOf(tenant);
  const everyApp = await listApps(tenant);
  const app = question.app === undefined ? undefined : appNamed(tenant, everyApp, question.app);
  const apisThere = await listEveryApi(tenant);
  const api = question.api === undefined ? undefined : apiNamed(tenant, apisThere, question.api);
  const everyApi = await withGrants(
    tenant,
    apisThere.filter((one) => (api ? one === api : !one.system)),
  );
  const holders = new Set(everyApi.flatMap(({ grants }) => grants.map(({ clientId }) => clientId)));
  const { all } = question;
  const apps = everyApp
    .filter((one) => (app ? one === app : all || one.enabled || holders.has(one.clientId)))
    .sort(byName(appKey));
  const apis = everyApi
    .filter((one) => api !== undefined || all || one.guests.enabled || one.grants.length > 0)
    .sort(byName(apiKey));
  const lookUps = new Map(apis.map((one) => [one, grantsByApp(one)]));
  const rows = apps.map((down) =>
    apis.map((across) => {
      const grants = lookUps.get(across)?.(down) ?? [];
      return cellOf(edition, down, { ...across, grants });
    }),
  );
  return { apps, apis, rows };
}

/** Few grants of many concern an application: to go through all for each would take their product. */
function grantsByApp({ grants }: ApiWithGrants): (app: App) => ApiWithGrants['grants'] {
  const byApp = new Map<string | undefined, ApiWithGrants['grants'][number][]>();
  for (const grant of grants) byApp.set(grant.clientId, [...(byApp.get(grant.clientId) ?? []), grant]);
  return ({ clientId }) => [...(byApp.get(undefined) ?? []), ...(byApp.get(clientId) ?? [])];
}

function cellOf(edition: Edition, app: App, api: ApiWithGrants): Cell {
  const scopes = effectiveScopes(api, app).sort(byCode);
  const open = app.enabled && !lacksConformance(edition, app) && api.guests.enabled && scopes.length > 0;
  return { app, api, scopes, open };
}

function appKey({ name, clientId }: App): readonly [string, string] {
  return [name, clientId];
}

function apiKey({ name, audience }: ApiWithGrants): readonly [string, string] {
  return [name, audience];
}

function byName<Item>(keyOf: (item: Item) => readonly [string, string]): (a: Item, b: Item) => number {
  return (a, b) => {
    const [[oneName, oneId], [otherName, otherId]] = [keyOf(a), keyOf(b)];
    return byCode(oneName, otherName) || byCode(oneId, otherId);
  };
}

/** The same on every machine, whatever its language. */
function byCode(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
