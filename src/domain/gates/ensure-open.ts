import { sampleApi, sampleApp } from '../../wire/sample.ts';
import type { ApiWithGrants } from '../api/api.ts';
import { apiWithGrants, guestScopes } from '../api/guest-grants.ts';
import type { NewApi } from '../api/lifecycle.ts';
import { listApis } from '../api/read.ts';
import type { App } from '../app/app.ts';
import type { NewApp } from '../app/lifecycle.ts';
import { listApps } from '../app/read.ts';
import { isLongLived, lifetimeArgument, recommendedLifetimeSeconds } from '../duration.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { applyPlan } from '../plan/apply.ts';
import type { SavedApi, SavedApp } from '../profile/profile.ts';
import { shellWord } from '../shell-word.ts';
import { planTenantChange, readTenant, type TenantView } from '../tenant/settings.ts';
import { planEnabledApp, planOpenApi } from './set-up.ts';

/** The scopes that guests of the sample API get. */
const sampleScopes = ['read:catalog', 'write:cart'] as const;
const newApp: NewApp = { name: sampleApp.name, type: sampleApp.app_type };
const newApi: NewApi = { name: sampleApi.name, audience: sampleApi.identifier, scopes: sampleScopes };

/** A gate that is open now, whether that took a change, and the commands that do the same. */
export interface Ensured<Subject> {
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
