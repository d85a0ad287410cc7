import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { type CredentialCheck, checkCredentials } from '../../domain/exchange/management/check-credentials.ts';
import type {
  ManagementAccess,
  ManagementCredentials,
  SavedToken,
  TokenCache,
} from '../../domain/exchange/management/credentials.ts';
import type { Profile, SavedApi, SavedApp, SecretPlace } from '../../domain/profile/profile.ts';
import { isAnonError } from '../../errors.ts';
import { tokenCache } from '../../io/store/caches.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { Context, Transport } from '../world/context.ts';
import { removeSecrets } from '../world/secret-stores.ts';
import { resolveDefaultApi, resolveDefaultApp } from './profile-defaults.ts';

/** How to sign in to the Management API, with the secret, private key or token. */
export interface GivenCredentials {
  readonly credentials: ManagementCredentials;
  readonly secret: string;
}

/** The profile to save, as the user describes it. */
export interface Login {
  readonly name: string;
  readonly domain: string;
  /** From --edition; detected if undefined. */
  readonly edition: EditionName | undefined;
  /** New credentials; without them the profile keeps the saved ones. */
  readonly credentials: GivenCredentials | undefined;
  /** The saved profile with this name, if its tenant is the same. */
  readonly before: Profile | undefined;
  readonly app: string | undefined;
  readonly api: string | undefined;
  readonly transport: Transport;
}

/** A login with what the tenant answered, if it was asked. */
export interface CheckedLogin extends Login {
  readonly proof: CredentialCheck | undefined;
  readonly chosen: { readonly app: SavedApp | undefined; readonly api: SavedApi | undefined };
  /** The Management API token from the check. */
  readonly token: SavedToken | undefined;
}

/**
 * Signs in as the profile will, without saving anything, and looks up its application and API. With `check` false, the
 * tenant is not asked.
 */
export async function checkLogin(context: Context, login: Login, check: boolean): Promise<CheckedLogin> {
  const { name, domain, before, credentials, transport } = login;
  if (!check) return { ...login, proof: undefined, chosen: await choices(undefined, login), token: undefined };
  // A saved token would prove nothing about the credentials.
  if (before && !credentials)
    await (await context.secrets(before.secrets ?? 'file')).remove(`management-token/${name}`);
  const cache = memoryCache();
  const management: ManagementAccess | undefined = credentials && {
    credentials: credentials.credentials,
    source: 'login',
    secret: async () => credentials.secret,
    cache,
  };
  // Ad hoc, so that nothing that is detected on the way is saved.
  const profile: Profile = { ...before, name, domain, edition: undefined, adHoc: true };
  const tenant = await context.connect(profile, { selection: '', edition: login.edition, transport, management });
  const proof = tenant.management && (await checkCredentials(tenant));
  const chosen = await choices({ ...tenant, edition: proof?.edition ?? before?.edition }, login);
  return { ...login, proof, chosen, token: await cache.get() };
}

async function choices(
  tenant: TenantConnection | undefined,
  { app, api, before }: Login,
): Promise<CheckedLogin['chosen']> {
  return {
    app: app === undefined ? before?.app : await resolveDefaultApp(tenant, app),
    api: api === undefined ? before?.api : await resolveDefaultApi(tenant, api),
  };
}

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

/** Holds the token for this command only. */
function memoryCache(): TokenCache {
  let saved: SavedToken | undefined;
  return {
    get: async () => saved,
    async put(token) {
      saved = token;
    },
    async remove() {
      saved = undefined;
    },
  };
}
