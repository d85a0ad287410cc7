import { localProfileName } from '../../domain/profile/name.ts';
import type { Profile } from '../../domain/profile/profile.ts';
import type { TenantExport } from '../../wire/tenant-export.ts';
import type { Context } from '../world/context.ts';
import { isServedAddress } from '../world/served-state.ts';

/** The local tenant's profile, as commands use it. */
export async function localProfile(context: Context): Promise<Profile> {
  return context.asUsed((await (await context.profiles()).get(localProfileName)) ?? { name: localProfileName });
}

/** Call it once the tenant has other keys: what `local exec` has put into the environment stays that of the one before. */
export function warnOfOldVariables({ env, warn }: Pick<Context, 'env' | 'warn'>): void {
  if (!isServedAddress(env.ANON_DATABASE_URL ?? '')) return;
  warn(
    'Variables from local exec, such as AUTH0_CLIENT_ID and AUTH0_ACCESS_TOKEN, still belong to the previous tenant. New ones for ' +
      `an app: anon-cli local env. Commands of anon-cli reach the new tenant with --profile ${localProfileName}.`,
  );
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

/** Removes the saved sessions that the local tenant refuses, now that it has other keys. Returns how many are left. */
export async function removeLostSessions(context: Context, { documents }: TenantExport): Promise<number> {
  const { removeLost } = await import('../../domain/session/made-with.ts');
  const sessions = await context.sessions(await localProfile(context));
  return removeLost(sessions, documents.key[0]?.document ?? {}, context.clock);
}

/** The same for a tenant that was replaced: where no session is left, it is another one, and the defaults are useless, too. */
export async function removeLostData(context: Context, state: TenantExport): Promise<void> {
  if ((await removeLostSessions(context, state)) === 0) await removeSavedData(context);
}
