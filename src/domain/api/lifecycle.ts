import { AnonError } from '../../errors.ts';
import { resourceServer, resourceServerPath, resourceServersPath } from '../../wire/resource-server.ts';
import { noContent } from '../../wire/schema.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { cannotLook } from '../find-by-reference.ts';
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

/** @throws {AnonError} `usage` when there is an API of just this name; the tenant refuses a second of an audience */
export async function checkNoNamesake(tenant: TenantConnection, name: string): Promise<void> {
  const namesake = (await listEveryApi(tenant).catch(cannotLook)).find((api) => api.name === name);
  if (!namesake) return;
  throw new AnonError('usage', `API '${namesake.name}' already exists (${namesake.audience}).`, {
    hint: 'To create another with this name, pass --allow-duplicate.',
  });
}

/** Plans a new API with its scopes: closed to guests, or open with the scopes that guests of every application get. */
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

/** Plans to delete an API; the tenant deletes its guest grants with it. One of the tenant's own is none that `findApi` finds. */
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
