import { AnonError } from '../../errors.ts';
import type { SessionSettings } from '../../wire/edition/edition.ts';
import { sampleApi, sampleApp } from '../../wire/sample.ts';
import { type Api, type ApiWithGrants, apiOf } from '../api/api.ts';
import { apiNamed } from '../api/find.ts';
import { type GrantHolder, planGrant } from '../api/grant.ts';
import { apiWithGrants, guestScopes, listedScopes } from '../api/guest-grants.ts';
import { type NewApi, planApiCreation } from '../api/lifecycle.ts';
import { listApis, listEveryApi } from '../api/read.ts';
import { planApiOpening } from '../api/set-access.ts';
import type { App } from '../app/app.ts';
import { appNamed } from '../app/find.ts';
import { type NewApp, newClientId, planAppCreation } from '../app/lifecycle.ts';
import { listApps, readApp } from '../app/read.ts';
import { planAppAccess } from '../app/set-access.ts';
import { lifetimeArgument } from '../duration.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { isLongLived, recommendedLifetimeSeconds } from '../lifetime.ts';
import { applyPlan } from '../plan/apply.ts';
import { both, type Plan, planned } from '../plan/plan.ts';
import type { SavedApi, SavedApp } from '../profile/profile.ts';
import { shellWord } from '../shell-word.ts';
import { planTenantChange, readTenant, type TenantView } from '../tenant/settings.ts';

/** The desired state: an application and an API, each existing or to be created, and the settings and scopes to apply. */
export interface DesiredSetUp {
  readonly settings: Partial<Pick<SessionSettings, 'lifetimeSeconds' | 'tokenFormat'>>;
  readonly app: App | NewApp;
  /** Make the application OIDC-conformant where the edition requires it. */
  readonly oidcConformant: boolean;
  /** Origins to allow, in addition to those that the application allows. */
  readonly origins?: readonly string[];
  readonly api: ApiWithGrants | NewApi;
  readonly scopes: readonly string[];
}

/** The state after a set-up. */
export interface SetUp {
  readonly tenant: TenantView;
  readonly app: App;
  readonly api: ApiWithGrants;
}

/** Plans the writes needed before guests of the application get tokens for the API: all four gates. */
export async function planSetUp(tenant: TenantConnection, desired: DesiredSetUp): Promise<Plan<SetUp>> {
  const settings = await planTenantChange(tenant, desired.settings);
  const app = await planEnabledApp(tenant, desired.app, desired);
  const holder = 'clientId' in desired.app ? desired.app : { clientId: newClientId, name: desired.app.name };
  const api = await planOpenApi(tenant, desired.api, { app: holder, scopes: desired.scopes });
  const all = both(both(settings, app), api);
  return {
    writes: all.writes,
    outcome(answers) {
      const [[view, one], other] = all.outcome(answers);
      return { tenant: view, app: one, api: other };
    },
  };
}

/** Gate 2: plans to let an application create anonymous sessions, creating it if it is new. */
export function planEnabledApp(
  tenant: TenantConnection,
  app: App | NewApp,
  { oidcConformant, origins = [] }: Pick<DesiredSetUp, 'oidcConformant' | 'origins'>,
): Promise<Plan<App>> {
  return 'clientId' in app
    ? planAppAccess(tenant, app, { enabled: true, oidcConformant, origins })
    : planAppCreation(tenant, { name: app.name, type: app.type, enabled: true, origins });
}

/** Gates 3 and 4: plans to let guests of an application into an API, creating it if it is new. */
export function planOpenApi(
  tenant: TenantConnection,
  api: ApiWithGrants | NewApi,
  guests: { readonly app: GrantHolder; readonly scopes: readonly string[] },
): Promise<Plan<ApiWithGrants>> {
  return 'id' in api ? planApiOpening(tenant, api, guests) : planOpenCreation(tenant, api, guests.app, guests.scopes);
}

/** A new API is created open, in one write. */
async function planOpenCreation(
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
 * The same desired state with the application and API read again from the tenant: one that was to be created may exist
 * by now.
 * @throws {AnonError} `not_found` when one was deleted
 */
export async function refreshDesired(tenant: TenantConnection, desired: DesiredSetUp): Promise<DesiredSetUp> {
  return { ...desired, app: await refreshApp(tenant, desired.app), api: await refreshApi(tenant, desired.api) };
}

async function refreshApp(tenant: TenantConnection, app: App | NewApp): Promise<App | NewApp> {
  if ('clientId' in app) return (await readApp(tenant, app.clientId)) ?? deleted('Application', app.name);
  const found = (await listApps(tenant)).filter(({ name }) => name === app.name);
  return found.length > 0 ? appNamed(tenant, found, app.name) : app;
}

async function refreshApi(tenant: TenantConnection, api: ApiWithGrants | NewApi): Promise<ApiWithGrants | NewApi> {
  const found = (await listEveryApi(tenant)).filter(({ audience }) => audience === api.audience);
  if (found.length > 0) return apiWithGrants(tenant, apiNamed(tenant, found, api.audience));
  return 'id' in api ? deleted('API', api.name) : api;
}

function deleted(noun: string, name: string): never {
  throw new AnonError('not_found', `${noun} ${shellWord(name)} was deleted in the meantime.`);
}

/** The scopes that guests of the sample API get. */
const sampleScopes = ['read:catalog', 'write:cart'] as const;
const newApp: NewApp = { name: sampleApp.name, type: sampleApp.app_type };
const newApi: NewApi = { name: sampleApi.name, audience: sampleApi.identifier, scopes: sampleScopes };

/** A gate that is open now, whether that took a change, and the commands that do the same. */
interface Ensured<Subject> {
  readonly subject: Subject;
  readonly changed: boolean;
  readonly commands: readonly string[];
}

/** Gate 1: sets a long session lifetime, unless it already is, and encrypted session tokens. */
export async function ensureTenantReady(tenant: TenantConnection): Promise<Ensured<TenantView>> {
  const before = await readTenant(tenant);
  const lifetimeSeconds = isLongLived(before.lifetimeSeconds) ? before.lifetimeSeconds : recommendedLifetimeSeconds;
  const plan = await planTenantChange(tenant, { lifetimeSeconds, tokenFormat: 'jwe' });
  const { tokenFormats } = await editionOf(tenant);
  const commands = [
    `tenant set-lifetime ${lifetimeArgument(lifetimeSeconds)}`,
    ...(tokenFormats.length > 1 ? ['tenant set-format jwe'] : []),
  ];
  return {
    subject: await applyPlan(tenant, plan),
    changed: plan.writes.length > 0,
    commands: commands.map((command) => command + tenant.selection),
  };
}

/** Gate 2: enables the profile's application, otherwise the sample application. */
export async function ensureAppOpen(tenant: TenantConnection, chosen: SavedApp | undefined): Promise<Ensured<App>> {
  const apps = await listApps(tenant);
  const app =
    apps.find(({ clientId }) => clientId === chosen?.clientId) ??
    apps.find(({ name }) => name === sampleApp.name) ??
    apps[0];
  const { needsOidcConformance } = await editionOf(tenant);
  const plan = await planEnabledApp(tenant, app ?? newApp, { oidcConformant: needsOidcConformance });
  const conformance = app && needsOidcConformance && !app.oidcConformant ? ' --oidc-conformant' : '';
  const command = app ? `app enable ${shellWord(app.name)}${conformance}` : `app create ${sampleApp.name} --enable`;
  return {
    subject: await applyPlan(tenant, plan),
    changed: plan.writes.length > 0,
    commands: [command + tenant.selection],
  };
}

/** Gates 3 and 4: opens the profile's API, otherwise the sample API, to guests of `app`. Granted scopes stay. */
export async function ensureApiOpen(
  tenant: TenantConnection,
  app: App,
  chosen: SavedApi | undefined,
): Promise<Ensured<ApiWithGrants>> {
  const before = await existingApi(tenant, chosen);
  const scopes = before ? wantedScopes(before, app) : sampleScopes;
  const plan = await planOpenApi(tenant, before ?? newApi, { app, scopes });
  const api = await applyPlan(tenant, plan);
  const granted = guestScopes(api, app.clientId).join(',');
  const { grantsScopes } = await editionOf(tenant);
  const words = [
    `api enable ${shellWord(api.name)}`,
    ...(grantsScopes ? [`--app ${shellWord(app.name)}`] : []),
    ...(granted === '' ? [] : [`--scopes ${shellWord(granted)}`]),
  ];
  return { subject: api, changed: plan.writes.length > 0, commands: [words.join(' ') + tenant.selection] };
}

async function existingApi(tenant: TenantConnection, chosen: SavedApi | undefined): Promise<ApiWithGrants | undefined> {
  const apis = await listApis(tenant);
  const found =
    apis.find(({ audience }) => audience === chosen?.audience) ??
    apis.find(({ name }) => name === sampleApi.name) ??
    apis[0];
  return found && apiWithGrants(tenant, found);
}

/** Empty for guests who already have scopes. */
function wantedScopes(api: ApiWithGrants, app: App): readonly string[] {
  if (guestScopes(api, app.clientId).length > 0) return [];
  const defined = api.scopes.map(({ value }) => value);
  const wanted = sampleScopes.filter((scope) => defined.includes(scope));
  return wanted.length > 0 ? wanted : defined.slice(0, 1);
}
