import { resourceServer, resourceServerPath, resourceServersPath } from '../../wire/resource-server.ts';
import { noContent } from '../../wire/schema.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { refuseDuplicate } from '../find-by-reference.ts';
import { type Plan, plannedDelete, plannedPost } from '../plan/plan.ts';
import { shellWord } from '../shell-word.ts';
import { type Api, type ApiWithGrants, apiOf } from './api.ts';
import { grantChanges } from './guest-grants.ts';
import { listEveryApi } from './read.ts';

export interface NewApi {
  readonly name: string;
  readonly audience: string;
  readonly scopes: readonly string[];
}

/**
 * @throws {AnonError} `usage` when an API of exactly this name exists; the tenant itself refuses a second API with the
 *   same audience
 */
export function checkNameIsFree(tenant: TenantConnection, name: string): Promise<void> {
  return refuseDuplicate(listEveryApi(tenant), name, { noun: 'API', idOf: ({ audience }) => audience });
}

/** Plans to create an API with its scopes: disabled for guests, or enabled with scopes for the guests of every application. */
export async function planApiCreation(
  tenant: TenantConnection,
  api: NewApi,
  guests?: { readonly scopes: readonly string[] },
): Promise<Plan<Api>> {
  const edition = await editionOf(tenant);
  const access = guests && { enabled: true, ...(!edition.grantsScopes && { scopes: guests.scopes }) };
  const body = {
    name: api.name,
    identifier: api.audience,
    scopes: api.scopes.map((value) => ({ value })),
    ...(access && edition.resourceServer.write(access, edition.newResourceServer)),
  };
  const post = plannedPost(
    { path: resourceServersPath, subject: `API ${shellWord(api.name)}`, answer: resourceServer },
    body,
  );
  return {
    writes: [post],
    outcome: (answers) => apiOf(edition, answers.to(post) ?? { ...body, id: '' }),
  };
}

/** Plans to delete an API; the tenant deletes its guest grants with it. `findApi` never returns one of the tenant's own. */
export function planApiDeletion(api: ApiWithGrants): Plan<ApiWithGrants> {
  const write = plannedDelete(
    { path: resourceServerPath(api.id), subject: `API ${shellWord(api.name)}`, answer: noContent },
    {
      name: api.name,
      identifier: api.audience,
      scopes: api.scopes.map(({ value }) => value),
      ...grantChanges(api.grants, ({ clientId }) => clientId ?? 'every application'),
    },
  );
  return { writes: [write], outcome: () => api };
}
