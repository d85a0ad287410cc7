import type { SessionSettings } from '../../wire/edition/edition.ts';
import { type Api, type ApiWithGrants, apiOf } from '../api/api.ts';
import { type GrantHolder, planGrant } from '../api/grant.ts';
import { listedScopes } from '../api/guest-grants.ts';
import { type NewApi, planApiCreation } from '../api/lifecycle.ts';
import { planApiOpening } from '../api/set-access.ts';
import type { App } from '../app/app.ts';
import { type NewApp, newClientId, planAppCreation } from '../app/lifecycle.ts';
import { planAppAccess } from '../app/set-access.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { both, type Plan, planned } from '../plan/plan.ts';
import { planTenantChange, type TenantView } from '../tenant/settings.ts';

/** What guests are to have: each part as it is at the tenant, or to be made. */
export interface Wish {
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
export async function planSetUp(tenant: TenantConnection, wish: Wish): Promise<Plan<SetUp>> {
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
  { oidcConformant }: Pick<Wish, 'oidcConformant'>,
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
