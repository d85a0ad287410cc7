import { type ClientBody, clientFields, clientPage, clientsPath } from '../../wire/client.ts';
import { editionOf, managementRequest } from '../exchange/management.ts';
import { allCheckpoints } from '../exchange/pages.ts';
import type { TenantConnection } from '../ports.ts';
import { type App, appOf } from './app.ts';

/** Every application of the tenant, without its secret; the global client, which is none, is left out. */
export async function listApps(tenant: TenantConnection): Promise<App[]> {
  const edition = await editionOf(tenant);
  const fields = `fields=${clientFields(edition)}&include_fields=true`;
  const bodies = await allCheckpoints<ClientBody>(async (query) => {
    const path = `${clientsPath}?${query}&${fields}`;
    const { clients, next } = await managementRequest(tenant, clientPage, { method: 'GET', path });
    return { items: clients, next };
  });
  return bodies.filter((body) => body.global !== true).map((body) => appOf(edition, body));
}
