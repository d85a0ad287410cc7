import type { Profile, SecretPlace } from '../../../domain/profile/profile.ts';
import { isAnonError } from '../../../errors.ts';
import { tokenCache } from '../../../io/store/caches.ts';
import type { Context } from '../../world/context.ts';
import { removeSecrets } from '../../world/secret-stores.ts';
import type { CheckedLogin } from './check.ts';

/**
 * Saves a login as a profile, secrets first, and makes it the current one. `earlier` is the profile that had this name;
 * if it was for another tenant, its secrets and sessions are removed.
 */
export async function saveLogin(
  context: Context,
  login: CheckedLogin,
  { earlier, production }: { earlier: Profile | undefined; production: boolean | undefined },
): Promise<Profile> {
  const { name, domain, before, credentials, proof, chosen, token } = login;
  if (earlier && !before) await removeSecrets(context, earlier);
  const secrets: SecretPlace | undefined = credentials ? await context.secretPlace() : before?.secrets;
  if (credentials) {
    const store = await context.secretsOf({ name, domain, secrets });
    if (before) await removeForeignSessions(context, before);
    await moveSecrets(context, before, secrets ?? 'file');
    await store.put(`credentials/${name}`, credentials.secret);
    const cache = tokenCache(async () => store, name, context.warn);
    if (token) await cache.put(token);
    else await cache.remove();
  }
  const profile: Profile = {
    name,
    domain,
    edition: login.edition ?? proof?.edition ?? before?.edition,
    credentials: credentials?.credentials ?? before?.credentials,
    secrets,
    app: chosen.app,
    api: chosen.api,
    production: production || undefined,
  };
  const profiles = await context.profiles();
  await profiles.change(name, () => profile);
  await profiles.use(name);
  return profile;
}

/** Removes sessions of another tenant: the domain in profiles.json was edited. */
async function removeForeignSessions(context: Context, before: Profile): Promise<void> {
  const sessions = await context.sessions(before);
  for (const name of await sessions.names()) {
    await sessions.get(name).catch(async (error: unknown) => {
      if (!isAnonError(error) || error.code !== 'not_authorised') throw error;
      await sessions.exclusively(name, () => sessions.forget(name));
    });
  }
}

/** Moves a profile's secrets to one place. Putting a secret into the keyring removes it from files. */
async function moveSecrets(context: Context, before: Profile | undefined, to: SecretPlace): Promise<void> {
  const from = before?.secrets ?? 'file';
  if (!before || from === to) return;
  const [source, target] = [await context.sessions(before), await context.sessions({ ...before, secrets: to })];
  const current = await source.current();
  for (const name of await source.names()) {
    const session = await source.get(name);
    if (!session) continue;
    // Before it is put into files: removing it from the keyring removes it from files too.
    if (from === 'keyring') await source.forget(name);
    await target.put(name, session);
  }
  await target.use(current);
  if (from === 'file') return;
  const left = await context.secrets(from);
  await left.remove(`management-token/${before.name}`);
  await left.remove(`credentials/${before.name}`);
}
