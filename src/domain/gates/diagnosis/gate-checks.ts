import type { Edition } from '../../../wire/edition/edition.ts';
import type { Api, ApiWithGrants } from '../../api/api.ts';
import { findApi, undecidedApi } from '../../api/find.ts';
import { guestScopes } from '../../api/guest-grants.ts';
import { listApis } from '../../api/read.ts';
import { undefinedScopeError } from '../../api/scopes.ts';
import type { App } from '../../app/app.ts';
import { chooseApp, likelyApp, undecidedApp } from '../../app/find.ts';
import { listApps, readApp } from '../../app/read.ts';
import { lacksConformance } from '../../app/set-access.ts';
import { describeTokenLifetime } from '../../duration.ts';
import type { TenantConnection } from '../../exchange/connection.ts';
import type { SavedApi, SavedApp } from '../../profile/profile.ts';
import { shellWord } from '../../shell-word.ts';
import { apiEnableCommand, appEnableCommand, suggestedScopes } from '../opening-command.ts';
import { type Check, findingFrom, skipped } from './check.ts';

/**
 * The application to check: the one that `token create` would use; if none is enabled, the tenant's only application.
 * Includes its secret where the credentials may read it.
 * @throws {AnonError} `usage` or `gate_closed` when the choice is not clear, `not_found`
 */
export async function appToCheck(
  tenant: TenantConnection,
  choice: { named: string | undefined; chosen: SavedApp | undefined },
): Promise<App> {
  const app = choice.named !== undefined || choice.chosen ? await chooseApp(tenant, choice) : await onlyApp(tenant);
  if (app.authMethod === 'none' || app.clientSecret !== undefined) return app;
  return (await readApp(tenant, app.clientId)) ?? app;
}

async function onlyApp(tenant: TenantConnection): Promise<App> {
  const apps = await listApps(tenant);
  const likely = likelyApp(apps);
  if (likely) return likely;
  throw undecidedApp(tenant, apps);
}

/** Gate 2: whether the application may create guest sessions, and meets what the edition requires for that. */
export function checkApp(tenant: TenantConnection, edition: Edition, app: App): Check {
  const check = 'app';
  const name = shellWord(app.name);
  const fix = appEnableCommand(tenant, app, edition);
  if (!app.enabled) {
    const also = lacksConformance(edition, app) ? ', and is not OIDC-conformant, which guest sessions require' : '';
    return { check, state: 'closed', finding: `${name} may not create guest sessions${also}`, fix };
  }
  if (lacksConformance(edition, app)) {
    return {
      check,
      state: 'closed',
      finding: `${name} is enabled, but not OIDC-conformant, which guest sessions require`,
      fix,
    };
  }
  if (app.body.require_proof_of_possession) {
    return {
      check,
      state: 'closed',
      finding: `${name} is enabled, but demands proof of possession (DPoP), so the tenant refuses its guests`,
      advice: 'Turn off Require Token Sender-Constraining for the application in the Auth0 dashboard.',
    };
  }
  if (app.authMethod !== 'none' && app.clientSecret === undefined) {
    return {
      check,
      state: 'warning',
      finding: `${name} may create guest sessions, but is confidential, and these credentials may not read its secret`,
      advice:
        'To get tokens, pass its secret with --client-secret -, or grant the scope read:client_keys to these credentials.',
    };
  }
  const kind = app.authMethod === 'none' ? 'public' : 'confidential';
  return { check, state: 'open', finding: `${name} (${kind}) may create guest sessions` };
}

/**
 * The API to check: the one that `token create` would use; if none accepts guests, the tenant's only API.
 * @throws {AnonError} `usage` or `gate_closed` when the choice is not clear, `not_found`
 */
export async function apiToCheck(
  tenant: TenantConnection,
  { named, chosen }: { named: string | undefined; chosen: SavedApi | undefined },
): Promise<Api> {
  const reference = named ?? chosen?.audience;
  if (reference !== undefined) return findApi(tenant, reference);
  const apis = await listApis(tenant);
  const open = apis.filter((api) => api.guests.enabled);
  const candidates = open.length > 0 ? open : apis;
  const [only] = candidates;
  if (only && candidates.length === 1) return only;
  throw undecidedApi(tenant, apis);
}

/** The API that guests should reach, their application, and the scopes they should get. */
export interface GuestAccess {
  readonly edition: Edition;
  readonly app: App | undefined;
  readonly api: ApiWithGrants;
  /** Empty: any scope will do. */
  readonly wanted: readonly string[];
}

/** Gate 3: whether the API accepts guests, independent of the grants they have there. */
export function checkApi(tenant: TenantConnection, access: GuestAccess): Check {
  const check = 'api';
  const { api } = access;
  const name = shellWord(api.name);
  if (api.guests.enabled) {
    const life = describeTokenLifetime(api.guests.tokenLifetimeSeconds);
    return { check, state: 'open', finding: `${name} accepts guests; access tokens live for ${life}` };
  }
  const unused = api.grants.length > 0 ? ', so the scopes granted to guests have no effect' : '';
  const finding = `${name} does not accept guests${unused}`;
  return { check, state: 'closed', finding, ...openingFix(tenant, access) };
}

/** Gate 4 in editions with client grants: whether guests of the application have one. */
export function checkGrant(tenant: TenantConnection, access: GuestAccess): Check {
  const check = 'grant';
  const { edition, app, api } = access;
  if (!edition.grantsScopes) {
    return skipped(check, `edition ${edition.name} has no grants: guest scopes of an API apply to every application`);
  }
  if (!app) return skipped(check, 'no application to check');
  const grant = api.grants.find(({ clientId }) => clientId === app.clientId);
  const [who, where] = [shellWord(app.name), shellWord(api.name)];
  if (grant) {
    const all = grant.allScopes ? ', for all scopes it defines now or later' : '';
    return { check, state: 'open', finding: `guests of ${who} have a grant for ${where}${all}` };
  }
  return {
    check,
    state: 'closed',
    finding: `guests of ${who} have no grant for ${where}`,
    ...openingFix(tenant, access),
  };
}

/** Gate 4: which scopes guests get, and whether the API still defines all granted scopes. */
export function checkScopes(tenant: TenantConnection, access: GuestAccess): Check {
  const check = 'scopes';
  const { edition, app, api, wanted } = access;
  if (edition.grantsScopes && !app) return skipped(check, 'no application to check');
  const got = effectiveScopes(api, app);
  const unknownScope = wanted.find((scope) => !defines(api, scope));
  if (unknownScope !== undefined) {
    const { message, hint } = undefinedScopeError(api.name, unknownScope, definedScopes(api));
    return { check, state: 'closed', finding: findingFrom(message), advice: hint };
  }
  const lacking = wanted.filter((scope) => !got.includes(scope));
  const stale = guestScopes(api, app?.clientId ?? '').filter((scope) => !defines(api, scope));
  if (got.length === 0 || lacking.length > 0) {
    const missing = got.length === 0 ? 'no scopes' : `${got.join(' ')}, but not ${lacking.join(' ')}`;
    const gone =
      stale.length > 0 ? ` (${stale.join(' ')} is granted, but ${shellWord(api.name)} no longer defines it)` : '';
    return { check, state: 'closed', finding: `guests get ${missing}${gone}`, ...openingFix(tenant, access) };
  }
  if (stale.length > 0) {
    const holder = app && edition.grantsScopes ? ` --app ${shellWord(app.name)}` : '';
    return {
      check,
      state: 'warning',
      finding: `guests get ${got.join(' ')}; ${stale.join(' ')} is also granted, but ${shellWord(api.name)} no longer defines it`,
      fix: `anon-cli api scopes remove ${shellWord(api.name)} ${stale.map(shellWord).join(' ')}${holder}${tenant.selection}`,
    };
  }
  return { check, state: 'open', finding: `guests get ${got.join(' ')}` };
}

/** The scopes that guests of an application get at an API: those granted that the API still defines. */
export function effectiveScopes(api: ApiWithGrants, app: App | undefined): string[] {
  return guestScopes(api, app?.clientId ?? '').filter((scope) => defines(api, scope));
}

function defines(api: Api, scope: string): boolean {
  return definedScopes(api).includes(scope);
}

function definedScopes(api: Api): string[] {
  return api.scopes.map(({ value }) => value);
}

/** The command that opens gates 3 and 4 with the wanted scopes that guests lack, or a suggested one if they have none. */
function openingFix(
  tenant: TenantConnection,
  { edition, app, api, wanted }: GuestAccess,
): Pick<Check, 'fix' | 'advice'> {
  const got = effectiveScopes(api, app);
  const lacking = wanted.filter((scope) => defines(api, scope) && !got.includes(scope));
  const scopes = lacking.length > 0 || got.length > 0 ? lacking : suggestedScopes(api);
  if (scopes.length === 0 && got.length === 0) {
    return {
      advice: `${shellWord(api.name)} defines no scopes. Add some in the Auth0 dashboard: APIs > Permissions.`,
    };
  }
  const holder = edition.grantsScopes ? (app?.name ?? '<app>') : undefined;
  return { fix: apiEnableCommand(tenant, api.name, { app: holder, scopes }) };
}
