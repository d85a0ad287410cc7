import { AnonError } from '../../errors.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { findByReference, only, referencesTo } from '../find-by-reference.ts';
import type { SavedApi } from '../profile/profile.ts';
import { shellWord } from '../shell-word.ts';
import type { Api, ApiWithGrants } from './api.ts';
import { apiWithGrants } from './guest-grants.ts';
import { listApis, listEveryApi, readApi } from './read.ts';

/**
 * Finds an API by its audience, id or name. It is fetched directly first, because a tenant may have thousands; only a
 * name needs the whole list.
 * @throws as {@link findByReference}; {AnonError} `usage` for one of the tenant's own
 */
export async function findApi(tenant: TenantConnection, reference: string): Promise<Api> {
  const known = await readApi(tenant, reference);
  return apiNamed(tenant, known ? [known] : await listEveryApi(tenant), known?.audience ?? reference);
}

/** Finds an API with the scopes that guests have there. @throws as {@link findApi} */
export async function findApiWithGrants(tenant: TenantConnection, reference: string): Promise<ApiWithGrants> {
  return apiWithGrants(tenant, await findApi(tenant, reference));
}

export function apiNamed(tenant: Pick<TenantConnection, 'selection'>, apis: readonly Api[], reference: string): Api {
  const listCommand = `anon-cli api list${tenant.selection}`;
  const api = findByReference(apis, reference, (one) => ({ name: one.name, ids: [one.audience, one.id] }), {
    noun: 'API',
    listCommand,
  });
  if (!api.system) return api;
  throw new AnonError('usage', `API '${api.name}' is the tenant's own and can't be enabled for guests.`, {
    hint: `Choose one of your own: ${listCommand}`,
  });
}

/** The parts of an API that a token request needs. */
export type RequestedApi = Pick<Api, 'audience' | 'name'>;

/**
 * The API to request a token for: the one named, or the profile's, or the only one enabled for guests.
 * Without Management API credentials, a reference is taken as an audience.
 * @throws {AnonError} `usage` or `gate_closed` when it can't be decided, or as `findApi`
 */
export async function chooseApi(
  tenant: TenantConnection,
  { named, chosen }: { named: string | undefined; chosen: SavedApi | undefined },
): Promise<RequestedApi> {
  if (named === undefined && chosen) return chosen;
  if (!tenant.management) return withoutLookup(named);
  if (named !== undefined) return findApi(tenant, named);
  const apis = await listApis(tenant);
  const open = apis.filter((api) => api.guests.enabled);
  const one = only(open);
  if (one) return one;
  throw undecidedApi(tenant, apis);
}

function withoutLookup(named: string | undefined): RequestedApi {
  if (named !== undefined) return { audience: named, name: named };
  throw new AnonError('usage', 'No API given, and the profile has no credentials to look one up.', {
    hint: 'Pass its audience: --api <audience>',
  });
}

/**
 * The default API where it need not be enabled for guests: the only enabled one, otherwise the tenant's only API. Undefined when
 * neither decides it.
 */
export function likelyApi(apis: readonly Api[]): Api | undefined {
  const open = apis.filter((api) => api.guests.enabled);
  return only(open.length > 0 ? open : apis);
}

/** Why no default can be taken from `apis`: `usage` when several are enabled for guests, `gate_closed` when none is. */
export function undecidedApi(tenant: TenantConnection, apis: readonly Api[]): AnonError {
  const open = apis.filter((api) => api.guests.enabled);
  if (open.length > 1) {
    const names = referencesTo(open, ({ name, audience }) => ({ name, ids: [audience] }));
    return new AnonError('usage', `No API given, and ${open.length} are enabled for guests: ${names}.`, {
      hint: `Choose one: --api <api>, or save a default: anon-cli profile set api <api>${tenant.selection}`,
    });
  }
  const [first] = apis;
  const name = apis.length === 1 && first ? shellWord(first.name) : '<api>';
  const scope = first?.scopes[0] ? shellWord(first.scopes[0].value) : '<scope>';
  return new AnonError('gate_closed', 'No API is enabled for guests.', {
    hint: `Enable one: anon-cli api enable ${name} --scopes ${scope}${tenant.selection}`,
  });
}
