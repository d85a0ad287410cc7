import type { ClientBody } from '../../wire/client.ts';
import type { ResourceServerBody } from '../../wire/resource-server.ts';
import { resourceServerList } from '../api/read.ts';
import { clientList } from '../app/read.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { allCheckpoints, allPages } from '../exchange/pages.ts';

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
 * Fetches only the names of all applications, in any edition, and passes them on page by page: completion may run out
 * of time before the last page.
 */
export async function eachAppName(tenant: TenantConnection, onPage: (apps: NamedApp[]) => void): Promise<void> {
  await allCheckpoints(tenant, clientList(tenant, 'client_id,name,global'), (page) => onPage(namedApps(page)));
}

/** {@link eachAppName} for APIs, with the scopes that each defines. */
export async function eachApiName(tenant: TenantConnection, onPage: (apis: NamedApi[]) => void): Promise<void> {
  const list = resourceServerList(tenant, 'id,identifier,name,is_system,scopes');
  await allPages(tenant, list, (page) => onPage(namedApis(page)));
}

/** Leaves out the global client, which is not an application. */
export function namedApps(bodies: readonly ClientBody[]): NamedApp[] {
  return bodies
    .filter((body) => body.global !== true)
    .map(({ client_id, name }) => ({ name: name || client_id, clientId: client_id }));
}

/** Leaves out the Management API, which can't be enabled for guests. */
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
