import { isAnonError } from '../../errors.ts';
import type { ApiWithGrants } from '../api/api.ts';
import type { TenantConnection } from '../ports.ts';
import { listApps } from './list.ts';

/**
 * What the applications are called whose guests have grants at an API, by client id. Credentials that may not look
 * at applications give no names; the grants are worth showing all the same.
 */
export async function namesOfHolders(
  tenant: TenantConnection,
  { grants }: ApiWithGrants,
): Promise<ReadonlyMap<string, string>> {
  if (grants.every(({ clientId }) => clientId === undefined)) return new Map();
  try {
    return new Map((await listApps(tenant)).map(({ clientId, name }) => [clientId, name]));
  } catch (error) {
    if (isAnonError(error) && error.code === 'not_authorised') return new Map();
    throw error;
  }
}
