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
import { effectiveScopes } from './diagnosis/gate-checks.ts';

/** What guests of one application get at one API. */
export interface Cell {
  readonly app: App;
  readonly api: ApiWithGrants;
  /** Granted scopes that the API defines, even where another gate is closed; sorted. */
  readonly scopes: readonly string[];
  /** All gates are open: guests get these scopes. */
  readonly open: boolean;
}

/** Applications by APIs, both sorted by name and id, so that equal settings give equal matrices. */
export interface Matrix {
  readonly apps: readonly App[];
  readonly apis: readonly ApiWithGrants[];
  /** A row for each application, a cell for each API. */
  readonly rows: readonly (readonly Cell[])[];
}

export interface MatrixFilter {
  /** Include closed applications and APIs. */
  readonly all: boolean;
  /** Only this application or this API: a name or an id. */
  readonly app?: string | undefined;
  readonly api?: string | undefined;
}

/**
 * The scopes that guests of each application get at each API. Closed applications and APIs without a grant are left out
 * unless `all` is set or they are named. Each list is fetched once.
 * @throws {AnonError} `not_found`, `ambiguous` or `usage` for a name
 */
export async function guestMatrix(tenant: TenantConnection, filter: MatrixFilter): Promise<Matrix> {
  const edition = await editionOf(tenant);
  const everyApp = await listApps(tenant);
  const app = filter.app === undefined ? undefined : appNamed(tenant, everyApp, filter.app);
  const apisFound = await listEveryApi(tenant);
  const api = filter.api === undefined ? undefined : apiNamed(tenant, apisFound, filter.api);
  const everyApi = await withGrants(
    tenant,
    apisFound.filter((one) => (api ? one === api : !one.system)),
  );
  const holders = new Set(everyApi.flatMap(({ grants }) => grants.map(({ clientId }) => clientId)));
  const { all } = filter;
  const apps = everyApp
    .filter((one) => (app ? one === app : all || one.enabled || holders.has(one.clientId)))
    .sort(byKey(appKey));
  const apis = everyApi
    .filter((one) => api !== undefined || all || one.guests.enabled || one.grants.length > 0)
    .sort(byKey(apiKey));
  const grantsOf = new Map(apis.map((one) => [one, grantsByApp(one)]));
  const rows = apps.map((row) =>
    apis.map((column) => {
      const grants = grantsOf.get(column)?.(row) ?? [];
      return cellOf(edition, row, { ...column, grants });
    }),
  );
  return { apps, apis, rows };
}

/** Indexed by client id: filtering all grants for every application would take quadratic time. */
function grantsByApp({ grants }: ApiWithGrants): (app: App) => ApiWithGrants['grants'] {
  const byApp = new Map<string | undefined, ApiWithGrants['grants'][number][]>();
  for (const grant of grants) byApp.set(grant.clientId, [...(byApp.get(grant.clientId) ?? []), grant]);
  return ({ clientId }) => [...(byApp.get(undefined) ?? []), ...(byApp.get(clientId) ?? [])];
}

function cellOf(edition: Edition, app: App, api: ApiWithGrants): Cell {
  const scopes = effectiveScopes(api, app).sort(byCodeUnit);
  const open = app.enabled && !lacksConformance(edition, app) && api.guests.enabled && scopes.length > 0;
  return { app, api, scopes, open };
}

function appKey({ name, clientId }: App): readonly [string, string] {
  return [name, clientId];
}

function apiKey({ name, audience }: ApiWithGrants): readonly [string, string] {
  return [name, audience];
}

function byKey<Item>(keyOf: (item: Item) => readonly [string, string]): (a: Item, b: Item) => number {
  return (a, b) => {
    const [[oneName, oneId], [otherName, otherId]] = [keyOf(a), keyOf(b)];
    return byCodeUnit(oneName, otherName) || byCodeUnit(oneId, otherId);
  };
}

/** Independent of the machine's locale. */
function byCodeUnit(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
