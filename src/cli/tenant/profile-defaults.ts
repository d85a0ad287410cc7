import { findApi } from '../../domain/api/find.ts';
import { findApp } from '../../domain/app/find.ts';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import type { Profile, SavedApi, SavedApp } from '../../domain/profile/profile.ts';
import type { Context } from '../world/context.ts';

/** The application to save as a profile's default. Without credentials to look it up, `reference` is taken as its client id. */
export async function resolveDefaultApp(tenant: TenantConnection | undefined, reference: string): Promise<SavedApp> {
  if (!tenant?.management) return { clientId: reference, name: reference };
  const { clientId, name } = await findApp(tenant, reference);
  return { clientId, name };
}

/** The API to save as a profile's default. Without credentials to look it up, `reference` is taken as its audience. */
export async function resolveDefaultApi(tenant: TenantConnection | undefined, reference: string): Promise<SavedApi> {
  if (!tenant?.management) return { audience: reference, name: reference };
  const { audience, name } = await findApi(tenant, reference);
  return { audience, name };
}

/** Saves an application and an API as a profile's defaults. */
export async function saveDefaults(
  context: Pick<Context, 'profiles'>,
  profile: Profile,
  { app, api }: { app: SavedApp; api: SavedApi },
): Promise<void> {
  // An ad-hoc profile comes from the environment alone; the user never asked to save it.
  if (profile.adHoc) return;
  await (await context.profiles()).change(profile.name, (before) => ({
    ...(before ?? profile),
    app: { clientId: app.clientId, name: app.name },
    api: { audience: api.audience, name: api.name },
  }));
}

/** Removes a profile's default application or API, which no longer exists. */
export async function removeDefault(
  context: Pick<Context, 'profiles'>,
  { name, adHoc }: Profile,
  which: 'app' | 'api',
): Promise<void> {
  if (adHoc) return;
  await (await context.profiles()).change(name, (before) => before && { ...before, [which]: undefined });
}
