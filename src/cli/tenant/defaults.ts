import { findApi } from '../../domain/api/find.ts';
import { findApp } from '../../domain/app/find.ts';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import type { SavedApi, SavedApp } from '../../domain/profile/profile.ts';

/** The application that a profile is to use. Without credentials to look it up, the reference is its client id. */
export async function chosenApp(tenant: TenantConnection | undefined, reference: string): Promise<SavedApp> {
  if (!tenant?.management) return { clientId: reference, name: reference };
  const { clientId, name } = await findApp(tenant, reference);
  return { clientId, name };
}

/** The API that a profile is to use. Without credentials to look it up, the reference is its audience. */
export async function chosenApi(tenant: TenantConnection | undefined, reference: string): Promise<SavedApi> {
  if (!tenant?.management) return { audience: reference, name: reference };
  const { audience, name } = await findApi(tenant, reference);
  return { audience, name };
}
