import { resourceServerPage, resourceServersPath } from '../../wire/resource-server.ts';
import { editionOf, managementRequest } from '../exchange/management.ts';
import { allPages } from '../exchange/pages.ts';
import type { TenantConnection } from '../ports.ts';
import { type Api, apiOf } from './api.ts';

/** Every API of the tenant; the Management API, which no guest can be let into, is left out. */
export async function listApis(tenant: TenantConnection): Promise<Api[]> {
  const edition = await editionOf(tenant);
  const bodies = await allPages(async (query) => {
    const path = `${resourceServersPath}?${query}`;
    const page = await managementRequest(tenant, resourceServerPage, { method: 'GET', path });
    return { total: page.total, items: page.resource_servers };
  });
  return bodies.filter((body) => body.is_system !== true).map((body) => apiOf(edition, body));
}
