import { clientPage, clientsPath } from '../../wire/client.ts';
import { editionOf, managementRequest } from '../exchange/management.ts';
import { allPages } from '../exchange/pages.ts';
import type { TenantConnection } from '../ports.ts';
import { type App, appOf } from './app.ts';

/** Every application of the tenant; the global client, which is none, is left out. */
export async function listApps(tenant: TenantConnection): Promise<App[]> {
  const edition = await editionOf(tenant);
  const bodies = await allPages(async (query) => {
    const path = `${clientsPath}?${query}&is_global=false`;
    const { clients, ...page } = await managementRequest(tenant, clientPage, { method: 'GET', path });
    return { total: Number(page.total), items: clients };
  });
  return bodies.filter((body) => body.global !== true).map((body) => appOf(edition, body));
}
