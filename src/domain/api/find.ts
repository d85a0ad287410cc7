import { AnonError } from '../../errors.ts';
import { oneOf } from '../one-of.ts';
import type { TenantConnection } from '../ports.ts';
import type { Api } from './api.ts';
import { listEveryApi } from './list.ts';
import { readApi } from './read.ts';

/**
 * The API that `reference` names: its audience, its id or its name. It is asked for alone first, since a tenant may
 * have thousands; only a name takes the whole list.
 * @throws as {@link oneOf}; {AnonError} `usage` for one of the tenant's own
 */
export async function findApi(tenant: TenantConnection, reference: string): Promise<Api> {
  const known = await readApi(tenant, reference);
  return apiNamed(tenant, known ? [known] : await listEveryApi(tenant), known?.audience ?? reference);
}

export function apiNamed(tenant: Pick<TenantConnection, 'selection'>, apis: readonly Api[], reference: string): Api {
  const listCommand = `anon-cli api list${tenant.selection}`;
  const api = oneOf(apis, reference, (one) => ({ name: one.name, ids: [one.audience, one.id] }), {
    noun: 'API',
    listCommand,
  });
  if (!api.system) return api;
  throw new AnonError('usage', `'${api.name}' is the tenant's own API; guests cannot be let into it.`, {
    hint: `Choose one of yours: ${listCommand}`,
  });
}
