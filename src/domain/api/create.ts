import { AnonError } from '../../errors.ts';
import { resourceServer, resourceServersPath } from '../../wire/resource-server.ts';
import { editionOf } from '../exchange/management.ts';
import { cannotLook } from '../plan/namesake.ts';
import { type Plan, plannedPost } from '../plan/plan.ts';
import type { TenantConnection } from '../ports.ts';
import { shellWord } from '../shell-word.ts';
import { type Api, apiOf } from './api.ts';
import { listEveryApi } from './list.ts';

export interface NewApi {
  readonly name: string;
  readonly audience: string;
  readonly scopes: readonly string[];
}

/** @throws {AnonError} `usage` when there is an API of just this name; the tenant refuses a second of an audience */
export async function checkNoNamesake(tenant: TenantConnection, name: string): Promise<void> {
  const namesake = (await listEveryApi(tenant).catch(cannotLook)).find((api) => api.name === name);
  if (!namesake) return;
  throw new AnonError('usage', `There is an API '${namesake.name}' already: ${namesake.audience}.`, {
    hint: 'To make another of that name: --allow-duplicate',
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
