import type { Edition } from '../../../wire/edition/edition.ts';
import type { Api, ApiWithGrants } from '../../api/api.ts';
import { findApi, undecidedApi } from '../../api/find.ts';
import { guestScopes } from '../../api/guest-grants.ts';
import { listApis } from '../../api/read.ts';
import { strayScope } from '../../api/scopes.ts';
import type { App } from '../../app/app.ts';
import { describeTokenLifetime } from '../../duration.ts';
import type { TenantConnection } from '../../exchange/connection.ts';
import type { SavedApi } from '../../profile/profile.ts';
import { shellWord } from '../../shell-word.ts';
import { apiEnableCommand, suggestedScopes } from '../opening-command.ts';
import { type Check, phrase, skipped } from './check.ts';

/**
 * The API to look at: as `token create` chooses it; where none takes guests, the only one there is.
 * @throws {AnonError} `usage` or `gate_closed` when none can be told, `not_found`
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

/** An API and an application, and which scopes its guests are to have there; none named: any. */
export interface Meeting {
  readonly edition: Edition;
  readonly app: App | undefined;
  readonly api: ApiWithGrants;
  readonly wanted: readonly string[];
}

/** Gate 3: whether the API takes guests. It is independent of the grants that they have there. */
export function checkApi(tenant: TenantConnection, meeting: Meeting): Check {
  const check = 'api';
  const { api } = meeting;
  const name = shellWord(api.name);
  if (api.guests.enabled) {
    const life = describeTokenLifetime(api.guests.tokenLifetimeSeconds);
    return { check, state: 'open', finding: `${name} takes guests, their access tokens live ${life}` };
  }
  const grants = api.grants.length;
  const closed = { check, state: 'closed', ...opening(tenant, meeting) } as const;
  if (grants === 0) return { ...closed, finding: `${name} does not take guests` };
  const left = `${name} does not take guests, although they have ${grants === 1 ? 'a grant' : `${grants} grants`} there`;
  return { ...closed, finding: `${left}: a grant alone does not let them in` };
}

/** Gate 4, where it is a client grant: whether the guests of the application have one. */
export function checkGrant(tenant: TenantConnection, meeting: Meeting): Check {
  const check = 'grant';
  const { edition, app, api } = meeting;
  if (!edition.grantsScopes) {
    return skipped(check, `edition ${edition.name} gives scopes to the guests of every application`);
  }
  if (!app) return skipped(check, 'there is no application to look for');
  const grant = api.grants.find(({ clientId }) => clientId === app.clientId);
  const [who, where] = [shellWord(app.name), shellWord(api.name)];
  if (grant) {
    const all = grant.allScopes ? ', of all scopes that it defines now or later' : '';
    return { check, state: 'open', finding: `guests of ${who} have a grant for ${where}${all}` };
  }
  return {
    check,
    state: 'closed',
    finding: `guests of ${who} have no grant for ${where}`,
    ...opening(tenant, meeting),
  };
}

/** Gate 4: which scopes guests get; and whether what was granted is still there. */
export function checkScopes(tenant: TenantConnection, meeting: Meeting): Check {
  const check = 'scopes';
  const { edition, app, api, wanted } = meeting;
  if (edition.grantsScopes && !app) return skipped(check, 'there is no application to look for');
  const got = effectiveScopes(api, app);
  const stray = wanted.find((scope) => !defines(api, scope));
  if (stray !== undefined) {
    const { message, hint } = strayScope(api.name, stray, definedScopes(api));
    return { check, state: 'closed', finding: phrase(message), advice: hint };
  }
  const lacking = wanted.filter((scope) => !got.includes(scope));
  const stale = guestScopes(api, app?.clientId ?? '').filter((scope) => !defines(api, scope));
  if (got.length === 0 || lacking.length > 0) {
    const missing = got.length === 0 ? 'no scopes' : `${got.join(' ')}, but not ${lacking.join(' ')}`;
    const gone =
      stale.length > 0 ? ` (${stale.join(' ')} is granted, but ${shellWord(api.name)} no longer defines it)` : '';
    return { check, state: 'closed', finding: `guests get ${missing}${gone}`, ...opening(tenant, meeting) };
  }
  if (stale.length > 0) {
    const holder = app && edition.grantsScopes ? ` --app ${shellWord(app.name)}` : '';
    return {
      check,
      state: 'warning',
      finding: `guests get ${got.join(' ')}; ${stale.join(' ')} is granted too, but ${shellWord(api.name)} no longer defines it`,
      fix: `anon-cli api scopes remove ${shellWord(api.name)} ${stale.map(shellWord).join(' ')}${holder}${tenant.selection}`,
    };
  }
  return { check, state: 'open', finding: `guests get ${got.join(' ')}` };
}

/** What guests of an application get at an API: what was granted, of what it defines. */
export function effectiveScopes(api: ApiWithGrants, app: App | undefined): string[] {
  return guestScopes(api, app?.clientId ?? '').filter((scope) => defines(api, scope));
}

function defines(api: Api, scope: string): boolean {
  return definedScopes(api).includes(scope);
}

function definedScopes(api: Api): string[] {
  return api.scopes.map(({ value }) => value);
}

/** The one command that opens gates 3 and 4, with no more scopes than are asked for or lacking. */
function opening(tenant: TenantConnection, { edition, app, api, wanted }: Meeting): Pick<Check, 'fix' | 'advice'> {
  const got = effectiveScopes(api, app);
  const lacking = wanted.filter((scope) => defines(api, scope) && !got.includes(scope));
  const scopes = lacking.length > 0 || got.length > 0 ? lacking : suggestedScopes(api);
  if (scopes.length === 0 && got.length === 0) {
    return {
      advice: `${shellWord(api.name)} defines no scopes: define some in the dashboard, under APIs, Permissions.`,
    };
  }
  const holder = edition.grantsScopes ? (app?.name ?? '<app>') : undefined;
  return { fix: apiEnableCommand(tenant, api.name, { app: holder, scopes }) };
}
