import { isAnonError } from '../../errors.ts';
import { client, clientPath } from '../../wire/client.ts';
import { editionOf, managementRequest } from '../exchange/management.ts';
import type { TenantConnection } from '../ports.ts';
import { type App, appOf } from './app.ts';

/** One application, with its secret where the credentials may read it; undefined when there is none of that id. */
export async function readApp(tenant: TenantConnection, clientId: string): Promise<App | undefined> {
  const edition = await editionOf(tenant);
  try {
    return appOf(edition, await managementRequest(tenant, client, { method: 'GET', path: clientPath(clientId) }));
  } catch (error) {
    if (isAnonError(error) && error.code === 'not_found') return undefined;
    throw error;
  }
}
