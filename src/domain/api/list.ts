import { resourceServerFields, resourceServerPage, resourceServersPath } from '../../wire/resource-server.ts';
import { editionOf, managementRequest } from '../exchange/management.ts';
import { allPages } from '../exchange/pages.ts';
import type { TenantConnection } from '../ports.ts';
import { type Api, apiOf } from './api.ts';

/** Every API of the tenant; its own, such as the Management API, which no guest can be let into, are left out. */
export async function listApis(tenant: TenantConnection): Promise<Api[]> {
  return (await listEveryApi(tenant)).filter(({ system }) => !system);
}

/** Every API, the tenant's own too. */
export async function listEveryApi(tenant: TenantConnection): Promise<Api[]> {
  const edition = await editionOf(tenant);
  const fields = `fields=${resourceServerFields(edition)}&include_fields=true`;
  const bodies = await allPages(async (query) => {
    const path = `${resourceServersPath}?${query}&${fields}`;
    const page = await managementRequest(tenant, resourceServerPage, { method: 'GET', path });
    return { total: page.total, items: page.resource_servers };
  });
  return bodies.map((body) => apiOf(edition, body));
}
