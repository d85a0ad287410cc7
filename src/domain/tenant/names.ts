import { type ClientBody, clientPage, clientsPath } from '../../wire/client.ts';
import { type ResourceServerBody, resourceServerPage, resourceServersPath } from '../../wire/resource-server.ts';
import { managementRequest } from '../exchange/management.ts';
import { allCheckpoints, allPages } from '../exchange/pages.ts';
import type { TenantConnection } from '../ports.ts';

export interface NamedApp {
  readonly name: string;
  readonly clientId: string;
}

export interface NamedApi {
  readonly name: string;
  readonly audience: string;
  readonly id: string;
  readonly scopes: readonly { readonly value: string; readonly description: string | undefined }[];
}

/**
 * Asks for the names of all applications and no more, whatever the edition, and hands them on page by page:
 * who cannot wait for the last page has the first ones.
 */
export async function eachAppName(tenant: TenantConnection, take: (apps: NamedApp[]) => void): Promise<void> {
  await allCheckpoints(async (query) => {
    const path = `${clientsPath}?${query}&fields=client_id,name,global&include_fields=true`;
    const { clients, next } = await managementRequest(tenant, clientPage, { method: 'GET', path });
    take(namedApps(clients));
    return { items: clients, next };
  });
}

/** The same for APIs, with the scopes that each defines. */
export async function eachApiName(tenant: TenantConnection, take: (apis: NamedApi[]) => void): Promise<void> {
  await allPages(async (query) => {
    const path = `${resourceServersPath}?${query}&fields=id,identifier,name,is_system,scopes&include_fields=true`;
    const page = await managementRequest(tenant, resourceServerPage, { method: 'GET', path });
    take(namedApis(page.resource_servers));
    return { total: page.total, items: page.resource_servers };
  });
}

/** Without the global client, which is no application. */
export function namedApps(bodies: readonly ClientBody[]): NamedApp[] {
  return bodies
    .filter((body) => body.global !== true)
    .map(({ client_id, name }) => ({ name: name || client_id, clientId: client_id }));
}

/** Without the Management API, which no guest can be let into. */
export function namedApis(bodies: readonly ResourceServerBody[]): NamedApi[] {
  return bodies
    .filter((body) => body.is_system !== true)
    .map(({ id, identifier, name, scopes }) => ({
      name: name || identifier,
      audience: identifier,
      id,
      scopes: scopes.map(({ value, description }) => ({ value, description })),
    }));
}
