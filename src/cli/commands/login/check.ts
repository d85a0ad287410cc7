import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { type CredentialCheck, checkCredentials } from '../../../domain/exchange/management/check-credentials.ts';
import type { ManagementAccess, SavedToken, TokenCache } from '../../../domain/exchange/management/credentials.ts';
import type { Profile, SavedApi, SavedApp } from '../../../domain/profile/profile.ts';
import type { EditionName } from '../../../wire/edition/edition.ts';
import { resolveDefaultApi, resolveDefaultApp } from '../../tenant/profile-defaults.ts';
import type { Context, Transport } from '../../world/context.ts';
import type { GivenCredentials } from './credentials.ts';

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
