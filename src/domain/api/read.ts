import { type AnonError, isAnonError, type ResponseError } from '../../errors.ts';
import { resourceServer, resourceServerPath } from '../../wire/resource-server.ts';
import { editionOf, managementRequest } from '../exchange/management.ts';
import type { TenantConnection } from '../ports.ts';
import { type Api, apiOf } from './api.ts';

/** One API by its id or its exact audience, asked for alone; undefined when there is none. */
export async function readApi(tenant: TenantConnection, idOrAudience: string): Promise<Api | undefined> {
  // In an address they stand for something else.
  if (['', '.', '..'].includes(idOrAudience)) return undefined;
  const edition = await editionOf(tenant);
  try {
    const exchange = { method: 'GET', path: resourceServerPath(idOrAudience) } as const;
    return apiOf(edition, await managementRequest(tenant, resourceServer, exchange));
  } catch (error) {
    if (isAnonError(error) && (error.code === 'not_found' || isRefusedPath(error))) return undefined;
    throw error;
  }
}

/** That no id is like this. */
function isRefusedPath(error: AnonError & Partial<Pick<ResponseError, 'status'>>): boolean {
  return error.code === 'failed' && error.status === 400;
}
