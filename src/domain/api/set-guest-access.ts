import { AnonError } from '../../errors.ts';
import type { GuestAccess } from '../../wire/edition/edition.ts';
import { resourceServer, resourceServerPath } from '../../wire/resource-server.ts';
import { editionOf, managementRequest, type SentRequest } from '../exchange/management.ts';
import type { TenantConnection } from '../ports.ts';
import { mostSimilar } from '../similar.ts';
import { type Api, apiOf } from './api.ts';

/**
 * Opens or closes the third and fourth gates of an API. What `change` leaves out stays as it is.
 * @throws {AnonError} `usage` when a scope is not one that the API defines; nothing is sent then
 */
export async function setGuestAccess(
  tenant: TenantConnection,
  api: Api,
  change: Partial<GuestAccess>,
): Promise<{ api: Api; sent: SentRequest }> {
  checkScopes(api, change.scopes ?? []);
  const edition = await editionOf(tenant);
  const body = edition.resourceServer.write(change, api.body);
  const sent = { method: 'PATCH', path: resourceServerPath(api.id), body } as const;
  return { api: apiOf(edition, await managementRequest(tenant, resourceServer, sent)), sent };
}

function checkScopes(api: Api, wanted: readonly string[]): void {
  const defined = api.scopes.map(({ value }) => value);
  const stray = wanted.find((value) => !defined.includes(value));
  if (stray === undefined) return;
  const similar = mostSimilar(stray, defined);
  throw new AnonError('usage', `API '${api.name}' defines no scope '${stray}'.`, {
    hint: `${similar ? `Did you mean '${similar}'? ` : ''}Its scopes: ${defined.join(', ') || 'none'}.`,
  });
}
