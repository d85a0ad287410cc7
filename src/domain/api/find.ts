import { oneOf } from '../one-of.ts';
import type { TenantConnection } from '../ports.ts';
import type { Api } from './api.ts';
import { listApis } from './list.ts';

/** The API that `reference` names: its audience, its id or its name. @throws as {@link oneOf} */
export async function findApi(tenant: TenantConnection, reference: string): Promise<Api> {
  return apiNamed(tenant, await listApis(tenant), reference);
}

export function apiNamed(tenant: Pick<TenantConnection, 'selection'>, apis: readonly Api[], reference: string): Api {
  return oneOf(apis, reference, (api) => ({ name: api.name, ids: [api.audience, api.id] }), {
    noun: 'API',
    listCommand: `anon-cli api list${tenant.selection}`,
  });
}
