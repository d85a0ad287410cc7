import { type ClientBody, clientFields, clientPage, clientsPath } from '../../wire/client.ts';
import { editionOf, managementRequest } from '../exchange/management.ts';
import { allCheckpoints, type List } from '../exchange/pages.ts';
import type { TenantConnection } from '../ports.ts';
import { type App, appOf } from './app.ts';

/** Every application of the tenant, without its secret; the global client, which is none, is left out. */
export async function listApps(tenant: TenantConnection): Promise<App[]> {
  const edition = await editionOf(tenant);
  const bodies = await allCheckpoints(tenant, clientList(tenant, clientFields(edition)));
  return bodies.filter((body) => body.global !== true).map((body) => appOf(edition, body));
}

/** The list of applications, with just these members of each. */
export function clientList(tenant: TenantConnection, fields: string): List<ClientBody> {
  return {
    plural: 'applications',
    otherwise: 'Name the application by its client id.',
    idOf: ({ client_id }) => client_id,
    async page(query, measure) {
      const path = `${clientsPath}?${query}&fields=${fields}&include_fields=true`;
      const { clients: items, next } = await managementRequest(tenant, clientPage, { method: 'GET', path, measure });
      return { items, next };
    },
  };
}
