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
    await moveSession(context, before, secrets ?? 'file');
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

/** Secrets of one profile are in one place. */
async function moveSession(context: Context, before: Profile | undefined, to: SecretPlace): Promise<void> {
  const from = before?.secrets ?? 'file';
  if (!before || from === to) return;
  const session = await (await context.secrets(from)).get(`session/${before.name}`);
  if (session !== undefined) await (await context.secrets(to)).put(`session/${before.name}`, session);
  await forgetSecrets(context, before);
}
