import { type ClientType, client, clientsPath } from '../../wire/client.ts';
import { editionOf, managementRequest, type SentRequest } from '../exchange/management.ts';
import type { TenantConnection } from '../ports.ts';
import { type App, appOf } from './app.ts';

/** Single-page and native applications cannot keep a secret, so they are given none to keep. */
const publicTypes: readonly ClientType[] = ['spa', 'native'];

/** Registers an application, closed to guests unless `enabled`. */
export async function createApp(
  tenant: TenantConnection,
  { name, type, enabled }: { name: string; type: ClientType; enabled: boolean },
): Promise<{ app: App; sent: SentRequest }> {
  const edition = await editionOf(tenant);
  const sent = {
    method: 'POST',
    path: clientsPath,
    body: {
      name,
      app_type: type,
      token_endpoint_auth_method: publicTypes.includes(type) ? 'none' : 'client_secret_post',
      oidc_conformant: true,
      ...edition.client.write({ enabled }, {}),
    },
  } as const;
  return { app: appOf(edition, await managementRequest(tenant, client, sent)), sent };
}
