import type { Profile } from '../domain/ports.ts';
import type { Context } from './context.ts';

/** Removes all that is secret of a profile: its credentials, its Management API token, its remembered session. */
export async function forgetSecrets(context: Context, { name, secrets }: Profile): Promise<void> {
  await (await context.sessions()).forget(name);
  const store = await context.secrets(secrets ?? 'file');
  await store.remove(`management-token/${name}`);
  await store.remove(`credentials/${name}`);
}
