import type { Edition, GuestAccess } from '../../wire/edition/edition.ts';
import { type ResourceServerBody, resourceServer, resourceServerPath } from '../../wire/resource-server.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { checkGuestTokenLifetime, guestTokenLifetimeWarning } from '../lifetime.ts';
import { changedMembers } from '../plan/difference.ts';
import { type Plan, planned, plannedPatch } from '../plan/plan.ts';
import { shellWord } from '../shell-word.ts';
import { type ApiWithGrants, apiOf } from './api.ts';
import { type GrantHolder, planGrant, planRevocations } from './grant.ts';
import { guestScopes, listedScopes } from './guest-grants.ts';
import { checkDefined, noScopesGiven, union } from './scopes.ts';

export interface Opening {
  /** The application whose guests get the scopes; only used in editions that grant them by application. */
  readonly app: GrantHolder | undefined;
  /** Added to the scopes that guests already have; undefined for those alone, of which there must be some. */
  readonly scopes: readonly string[] | undefined;
  /** Undefined: unchanged. */
  readonly tokenLifetimeSeconds?: number | undefined;
}

/**
 * Plans to open the third and fourth gates of an API. No existing scopes or grants are removed, and guests never get scopes
 * that nobody named.
 * @throws {AnonError} `usage` when guests have no scopes and none are given, the API does not define a scope, or the lifetime
 * is out of range
 */
export async function planApiOpening(
  tenant: TenantConnection,
  api: ApiWithGrants,
  { app, scopes: given, tokenLifetimeSeconds }: Opening,
): Promise<Plan<ApiWithGrants>> {
  if (!given && guestScopes(api, app?.clientId ?? '').length === 0) throw noScopesGiven(api);
  const scopes = given ?? [];
  checkDefined(api, scopes);
  const edition = await editionOf(tenant);
  if (tokenLifetimeSeconds !== undefined) checkGuestTokenLifetime(edition, tokenLifetimeSeconds);
  const access = plannedAccess(edition, api, {
    enabled: true,
    tokenLifetimeSeconds,
    ...(!edition.grantsScopes && { scopes: union(listed(edition, api), scopes) }),
  });
  const grant = edition.grantsScopes && app ? planGrant(api, app, { add: scopes }) : undefined;
  return {
    writes: planned(access, grant?.write),
    outcome: (answers) => opened(edition, api, answers.to(access), grant?.outcome(answers) ?? api.grants),
  };
}

/**
 * Checks a lifetime of guests' access tokens that the user gave as `typed`. Returns why the tenant may refuse it nonetheless.
 * @throws {AnonError} `usage` when it is out of the edition's range
 */
export async function checkTokenLifetime(
  tenant: TenantConnection,
  lifetimeSeconds: number,
  typed: string,
): Promise<string | undefined> {
  const edition = await editionOf(tenant);
  checkGuestTokenLifetime(edition, lifetimeSeconds, typed);
  return guestTokenLifetimeWarning(edition, lifetimeSeconds);
}

/** Plans to close the third gate, and with `revoke` also removes the guests' scopes, which otherwise stay. */
export async function planApiClosing(
  tenant: TenantConnection,
  api: ApiWithGrants,
  { revoke }: { revoke: boolean },
): Promise<Plan<ApiWithGrants>> {
  const edition = await editionOf(tenant);
  const access = plannedAccess(edition, api, {
    enabled: false,
    ...(revoke && !edition.grantsScopes && { scopes: [] }),
  });
  const revocations = revoke && edition.grantsScopes ? planRevocations(api) : undefined;
  return {
    writes: planned(access, ...(revocations?.writes ?? [])),
    outcome: (answers) => opened(edition, api, answers.to(access), revocations?.outcome(answers) ?? api.grants),
  };
}

/**
 * Plans to add or remove scopes of guests, without opening or closing the API.
 * @throws {AnonError} `usage` when the API does not define a scope
 */
export async function planGuestScopes(
  tenant: TenantConnection,
  api: ApiWithGrants,
  { app, add = [], remove = [] }: { app: GrantHolder | undefined; add?: readonly string[]; remove?: readonly string[] },
): Promise<Plan<ApiWithGrants>> {
  const edition = await editionOf(tenant);
  // A scope that the API no longer defines can still be removed.
  checkDefined(api, [...add, ...remove.filter((scope) => !api.grants.some(({ scopes }) => scopes.includes(scope)))]);
  if (edition.grantsScopes) {
    const grant = app && planGrant(api, app, { add, remove });
    return {
      writes: planned(grant?.write),
      outcome: (answers) => ({ ...api, grants: grant?.outcome(answers) ?? api.grants }),
    };
  }
  const scopes = union(listed(edition, api), add).filter((scope) => !remove.includes(scope));
  const access = plannedAccess(edition, api, { scopes });
  return {
    writes: planned(access),
    outcome: (answers) => opened(edition, api, answers.to(access), api.grants),
  };
}

function plannedAccess(edition: Edition, api: ApiWithGrants, change: Partial<GuestAccess>) {
  const write = { path: resourceServerPath(api.id), subject: `API ${shellWord(api.name)}`, answer: resourceServer };
  const members = edition.resourceServer.write(changedMembers(edition.resourceServer.read(api.body), change), api.body);
  return plannedPatch(write, api.body, members);
}

function opened(
  edition: Edition,
  before: ApiWithGrants,
  body: ResourceServerBody | undefined,
  grants: ApiWithGrants['grants'],
): ApiWithGrants {
  const api = body ? apiOf(edition, body) : before;
  return { ...api, grants: edition.grantsScopes ? grants : listedScopes(edition, api) };
}

function listed(edition: Edition, api: ApiWithGrants): readonly string[] {
  return edition.resourceServer.read(api.body).scopes ?? [];
}
