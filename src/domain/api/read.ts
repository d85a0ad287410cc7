import { type AnonError, isAnonError, type ResponseError } from '../../errors.ts';
import {
  type ResourceServerBody,
  resourceServer,
  resourceServerCheckpoint,
  resourceServerFields,
  resourceServerPage,
  resourceServerPath,
  resourceServersPath,
} from '../../wire/resource-server.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf, managementRequest } from '../exchange/management/request.ts';
import { allPages, type NumberedList } from '../exchange/pages.ts';
import { type Api, apiOf } from './api.ts';

/** Every API of the tenant except its own, such as the Management API, which can't be enabled for guests. */
export async function listApis(tenant: TenantConnection): Promise<Api[]> {
  return (await listEveryApi(tenant)).filter(({ system }) => !system);
}

/** Every API, including the tenant's own. */
export async function listEveryApi(tenant: TenantConnection): Promise<Api[]> {
  const edition = await editionOf(tenant);
  const bodies = await allPages(tenant, resourceServerList(tenant, resourceServerFields(edition)));
  return bodies.map((body) => apiOf(edition, body));
}

/** The list of APIs, limited to `fields`. */
export function resourceServerList(tenant: TenantConnection, fields: string): NumberedList<ResourceServerBody> {
  const path = (query: string) => `${resourceServersPath}?${query}&fields=${fields}&include_fields=true`;
  return {
    plural: 'APIs',
    fallbackHint: 'Pass the audience or id of the API.',
    idOf: ({ id }) => id,
    async numbered(query, measure) {
      const exchange = { method: 'GET', path: path(query), measure } as const;
      const { total, resource_servers: items } = await managementRequest(tenant, resourceServerPage, exchange);
      return { items, total };
    },
    async page(query, measure) {
      const exchange = { method: 'GET', path: path(query), measure } as const;
      const { next, resource_servers: items } = await managementRequest(tenant, resourceServerCheckpoint, exchange);
      return { items, next };
    },
  };
}

/** One API by its id or exact audience; undefined when not found. */
export async function readApi(tenant: TenantConnection, idOrAudience: string): Promise<Api | undefined> {
  // In a URL path these have another meaning.
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

/** The tenant refused the path itself: no id looks like this. */
function isRefusedPath(error: AnonError & Partial<Pick<ResponseError, 'status'>>): boolean {
  return error.code === 'failed' && error.status === 400;
}

/** The names of an API, for completion. */
export interface NamedApi {
  readonly name: string;
  readonly audience: string;
  readonly id: string;
  readonly scopes: readonly { readonly value: string; readonly description: string | undefined }[];
}

/**
 * Fetches only the names of all APIs and the scopes that each defines, and passes them on page by page: completion may run
 * out of time before the last page.
 */
export async function eachApiName(tenant: TenantConnection, onPage: (apis: NamedApi[]) => void): Promise<void> {
  const list = resourceServerList(tenant, 'id,identifier,name,is_system,scopes');
  await allPages(tenant, list, (page) => onPage(namedApis(page)));
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
