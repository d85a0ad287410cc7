import type { Profile } from '../../domain/profile/profile.ts';
import type { Context } from './context.ts';

/** Removes all that is secret of a profile: its credentials, its Management API token, its sessions. */
export async function forgetSecrets(context: Context, profile: Profile): Promise<void> {
  const { name, secrets } = profile;
  await (await context.sessions(profile)).forgetAll();
  const store = await context.secrets(secrets ?? 'file');
  await store.remove(`management-token/${name}`);
  await store.remove(`credentials/${name}`);
}
