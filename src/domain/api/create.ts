import { resourceServer, resourceServersPath } from '../../wire/resource-server.ts';
import { editionOf, managementRequest, type SentRequest } from '../exchange/management.ts';
import type { TenantConnection } from '../ports.ts';
import { type Api, apiOf } from './api.ts';

/** Registers an API with its scopes, closed to guests. */
export async function createApi(
  tenant: TenantConnection,
  { name, audience, scopes }: { name: string; audience: string; scopes: readonly string[] },
): Promise<{ api: Api; sent: SentRequest }> {
  const edition = await editionOf(tenant);
  const body = { name, identifier: audience, scopes: scopes.map((value) => ({ value })) };
  const sent = { method: 'POST', path: resourceServersPath, body } as const;
  return { api: apiOf(edition, await managementRequest(tenant, resourceServer, sent)), sent };
}
