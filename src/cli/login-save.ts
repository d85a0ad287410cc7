import type { Profile, SecretPlace } from '../domain/ports.ts';
import { tokenKeeper } from '../io/token-keeper.ts';
import type { Context } from './context.ts';
import { forgetSecrets } from './forget-secrets.ts';
import type { CheckedLogin } from './login-check.ts';

/**
 * Keeps a login as a profile, secrets first, and makes it the current one. `earlier` is what had its name: of
 * another tenant nothing stays.
 */
export async function saveLogin(
  context: Context,
  login: CheckedLogin,
  { earlier, production }: { earlier: Profile | undefined; production: boolean | undefined },
): Promise<Profile> {
  const { name, domain, before, credentials, proof, chosen, token } = login;
  if (earlier && !before) await forgetSecrets(context, earlier);
  const secrets: SecretPlace | undefined = credentials ? await context.secretPlace() : before?.secrets;
  if (credentials) {
    const store = await context.secrets(secrets ?? 'file');
    await moveSecrets(context, before, secrets ?? 'file');
    await store.put(`credentials/${name}`, credentials.secret);
    const keeper = tokenKeeper(async () => store, name, context.warn);
    if (token) await keeper.put(token);
    else await keeper.remove();
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

/** Secrets of one profile are in one place. What is put into the keyring is gone from files by that. */
async function moveSecrets(context: Context, before: Profile | undefined, to: SecretPlace): Promise<void> {
  const from = before?.secrets ?? 'file';
  if (!before || from === to) return;
  const [source, target] = [await context.sessions(before), await context.sessions({ ...before, secrets: to })];
  for (const name of await source.names()) {
    const session = await source.get(name);
    if (!session) continue;
    // Taking it out of the keyring takes it out of files too.
    if (from === 'keyring') await source.forget(name);
    await target.put(name, session);
  }
  if (from === 'file') return;
  const left = await context.secrets(from);
  await left.remove(`management-token/${before.name}`);
  await left.remove(`credentials/${before.name}`);
}
