import type { SessionSettings } from '../../wire/edition/edition.ts';
import { type Api, type ApiWithGrants, apiOf } from '../api/api.ts';
import { type NewApi, planApiCreation } from '../api/create.ts';
import { type GrantHolder, planGrant } from '../api/grant.ts';
import { listedScopes } from '../api/guest-grants.ts';
import { planApiOpening } from '../api/set-access.ts';
import type { App } from '../app/app.ts';
import { type NewApp, newClientId, planAppCreation } from '../app/create.ts';
import { planAppAccess } from '../app/set-access.ts';
import { editionOf } from '../exchange/management.ts';
import { both, type Plan, planned } from '../plan/plan.ts';
import type { TenantConnection } from '../ports.ts';
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
  const app = await plannedApp(tenant, wish);
  const holder = 'clientId' in wish.app ? wish.app : { clientId: newClientId, name: wish.app.name };
  const api =
    'id' in wish.api
      ? await planApiOpening(tenant, wish.api, { app: holder, scopes: wish.scopes })
      : await openFromTheStart(tenant, wish.api, holder, wish.scopes);
  const all = both(both(settings, app), api);
  return {
    writes: all.writes,
    outcome(answers) {
      const [[view, one], other] = all.outcome(answers);
      return { tenant: view, app: one, api: other };
    },
  };
}

function plannedApp(tenant: TenantConnection, { app, oidcConformant }: Wish): Promise<Plan<App>> {
  return 'clientId' in app
    ? planAppAccess(tenant, app, { enabled: true, oidcConformant })
    : planAppCreation(tenant, { ...app, enabled: true });
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
