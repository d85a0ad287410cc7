import { client, clientPath } from '../../wire/client.ts';
import { editionOf, managementRequest, type SentRequest } from '../exchange/management.ts';
import type { TenantConnection } from '../ports.ts';
import { type App, appOf } from './app.ts';

/** Opens or closes the second gate: whether an application may create anonymous sessions. */
export async function setAppEnabled(
  tenant: TenantConnection,
  clientId: string,
  enabled: boolean,
): Promise<{ app: App; sent: SentRequest }> {
  const edition = await editionOf(tenant);
  const sent = { method: 'PATCH', path: clientPath(clientId), body: edition.client.write({ enabled }, {}) } as const;
  return { app: appOf(edition, await managementRequest(tenant, client, sent)), sent };
}
