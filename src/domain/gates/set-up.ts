import { AnonError } from '../../errors.ts';
import type { SessionSettings } from '../../wire/edition/edition.ts';
import { type Api, type ApiWithGrants, apiOf } from '../api/api.ts';
import { type NewApi, planApiCreation } from '../api/create.ts';
import { apiNamed } from '../api/find.ts';
import { type GrantHolder, planGrant } from '../api/grant.ts';
import { apiWithGrants, listedScopes } from '../api/guest-grants.ts';
import { listEveryApi } from '../api/list.ts';
import { planApiOpening } from '../api/set-access.ts';
import type { App } from '../app/app.ts';
import { type NewApp, newClientId, planAppCreation } from '../app/create.ts';
import { appNamed } from '../app/find.ts';
import { listApps } from '../app/list.ts';
import { readApp } from '../app/read.ts';
import { planAppAccess } from '../app/set-access.ts';
import { editionOf } from '../exchange/management.ts';
import { both, type Plan, planned } from '../plan/plan.ts';
import type { TenantConnection } from '../ports.ts';
import { shellWord } from '../shell-word.ts';
import { planTenantChange, type TenantView } from '../tenant/settings.ts';

/** What guests are to have: each part as it is at the tenant, or to be made. */
export interface DesiredSetUp {
  readonly settings: Partial<Pick<SessionSettings, 'lifetimeSeconds' | 'tokenFormat'>>;
  readonly app: App | NewApp;
  /** Make the application OIDC-conformant too, where the edition asks for that. */
  readonly oidcConformant: boolean;
  readonly api: ApiWithGrants | NewApi;
  readonly scopes: readonly string[];
}

export interface SetUp {
  readonly tenant: TenantView;
  readonly app: App;
  readonly api: ApiWithGrants;
}

/** Plans what is left to do until guests of an application get tokens for an API: all four gates at once. */
export async function planSetUp(tenant: TenantConnection, wish: DesiredSetUp): Promise<Plan<SetUp>> {
  const settings = await planTenantChange(tenant, wish.settings);
  const app = await planEnabledApp(tenant, wish.app, wish);
  const holder = 'clientId' in wish.app ? wish.app : { clientId: newClientId, name: wish.app.name };
  const api = await planOpenApi(tenant, wish.api, { app: holder, scopes: wish.scopes });
  const all = both(both(settings, app), api);
  return {
    writes: all.writes,
    outcome(answers) {
      const [[view, one], other] = all.outcome(answers);
      return { tenant: view, app: one, api: other };
    },
  };
}

/** Gate 2: plans that an application may create anonymous sessions, whether it is there or to be made. */
export function planEnabledApp(
  tenant: TenantConnection,
  app: App | NewApp,
  { oidcConformant }: Pick<DesiredSetUp, 'oidcConformant'>,
): Promise<Plan<App>> {
  return 'clientId' in app
    ? planAppAccess(tenant, app, { enabled: true, oidcConformant })
    : planAppCreation(tenant, { name: app.name, type: app.type, enabled: true });
}

/** Gates 3 and 4: plans that an API takes guests of an application, whether it is there or to be made. */
export function planOpenApi(
  tenant: TenantConnection,
  api: ApiWithGrants | NewApi,
  guests: { readonly app: GrantHolder; readonly scopes: readonly string[] },
): Promise<Plan<ApiWithGrants>> {
  return 'id' in api ? planApiOpening(tenant, api, guests) : openFromTheStart(tenant, api, guests.app, guests.scopes);
}

/** A new API is made open: the service never sees it closed. */
async function openFromTheStart(
  tenant: TenantConnection,
  wanted: NewApi,
  holder: GrantHolder,
  scopes: readonly string[],
): Promise<Plan<ApiWithGrants>> {
  const edition = await editionOf(tenant);
  const creation = await planApiCreation(tenant, wanted, { scopes });
  if (!edition.grantsScopes) {
    return { writes: creation.writes, outcome: (answers) => withListed(creation.outcome(answers)) };
  }
  const closed = apiOf(edition, {
    id: '',
    identifier: wanted.audience,
    name: wanted.name,
    scopes: wanted.scopes.map((value) => ({ value })),
  });
  const grant = planGrant({ ...closed, grants: [] }, holder, { add: scopes });
  return {
    writes: [...creation.writes, ...planned(grant.write)],
    outcome: (answers) => ({ ...creation.outcome(answers), grants: grant.outcome(answers) }),
  };

  function withListed(api: Api): ApiWithGrants {
    return { ...api, grants: listedScopes(edition, api) };
  }
}

/**
 * The same wish, with its application and its API as they are at the tenant now; one that was to be made may be there.
 * @throws {AnonError} `not_found` when one is gone
 */
export async function refreshDesired(tenant: TenantConnection, wish: DesiredSetUp): Promise<DesiredSetUp> {
  return { ...wish, app: await refreshApp(tenant, wish.app), api: await refreshApi(tenant, wish.api) };
}

async function refreshApp(tenant: TenantConnection, app: App | NewApp): Promise<App | NewApp> {
  if ('clientId' in app) return (await readApp(tenant, app.clientId)) ?? gone('application', app.name);
  const alike = (await listApps(tenant)).filter(({ name }) => name === app.name);
  return alike.length > 0 ? appNamed(tenant, alike, app.name) : app;
}

async function refreshApi(tenant: TenantConnection, api: ApiWithGrants | NewApi): Promise<ApiWithGrants | NewApi> {
  const alike = (await listEveryApi(tenant)).filter(({ audience }) => audience === api.audience);
  if (alike.length > 0) return apiWithGrants(tenant, apiNamed(tenant, alike, api.audience));
  return 'id' in api ? gone('API', api.name) : api;
}

function gone(noun: string, name: string): never {
  throw new AnonError('not_found', `The ${noun} ${shellWord(name)} is gone: it was deleted meanwhile.`);
}
