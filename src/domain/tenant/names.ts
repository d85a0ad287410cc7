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
 * Asks for the names of all applications and no more, whatever the edition, and hands them on page by page:
 * who cannot wait for the last page has the first ones.
 */
export async function eachAppName(tenant: TenantConnection, take: (apps: NamedApp[]) => void): Promise<void> {
  await allCheckpoints(tenant, clientList(tenant, 'client_id,name,global'), (page) => take(namedApps(page)));
}

/** The same for APIs, with the scopes that each defines. */
export async function eachApiName(tenant: TenantConnection, take: (apis: NamedApi[]) => void): Promise<void> {
  const list = resourceServerList(tenant, 'id,identifier,name,is_system,scopes');
  await allPages(tenant, list, (page) => take(namedApis(page)));
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
