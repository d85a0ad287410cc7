import { resourceServer, resourceServersPath } from '../../wire/resource-server.ts';
import { editionOf } from '../exchange/management.ts';
import { type Plan, plannedPost } from '../plan/plan.ts';
import type { TenantConnection } from '../ports.ts';
import { shellWord } from '../shell-word.ts';
import { type Api, apiOf } from './api.ts';

export interface NewApi {
  readonly name: string;
  readonly audience: string;
  readonly scopes: readonly string[];
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
