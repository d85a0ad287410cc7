import { localProfileName } from '../../domain/profile/name.ts';
import type { Profile } from '../../domain/profile/profile.ts';
import type { Context } from '../world/context.ts';

/** The local tenant's profile, as commands use it. */
export async function localProfile(context: Context): Promise<Profile> {
  return context.asUsed((await (await context.profiles()).get(localProfileName)) ?? { name: localProfileName });
}

/** Removes what this machine has saved about the local tenant in use: its sessions and its profile's defaults. */
export async function removeSavedData(context: Context): Promise<void> {
  const profile = await localProfile(context);
  await (await context.sessions(profile)).forgetAll();
  if (profile.adHoc) return;
  await (await context.profiles()).change(
    localProfileName,
    (before) => before && { name: before.name, database: before.database },
  );
}
