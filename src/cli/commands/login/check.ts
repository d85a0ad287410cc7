import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { type CredentialCheck, checkCredentials } from '../../../domain/exchange/management/check-credentials.ts';
import type { ManagementAccess, SavedToken, TokenCache } from '../../../domain/exchange/management/credentials.ts';
import type { Profile, SavedApi, SavedApp } from '../../../domain/profile/profile.ts';
import type { EditionName } from '../../../wire/edition/edition.ts';
import { resolveDefaultApi, resolveDefaultApp } from '../../tenant/profile-defaults.ts';
import type { Context, Transport } from '../../world/context.ts';
import type { GivenCredentials } from './credentials.ts';

/** A profile that somebody wants to have. */
export interface Login {
  readonly name: string;
  readonly domain: string;
  /** As it was told; else it is asked for. */
  readonly edition: EditionName | undefined;
  /** New ones; without them the profile keeps those it has. */
  readonly credentials: GivenCredentials | undefined;
  /** The profile of this name, if it is of the same tenant. */
  readonly before: Profile | undefined;
  readonly app: string | undefined;
  readonly api: string | undefined;
  readonly transport: Transport;
}

/** The same with what the tenant said, where it was asked. */
export interface CheckedLogin extends Login {
  readonly proof: CredentialCheck | undefined;
  readonly chosen: { readonly app: SavedApp | undefined; readonly api: SavedApi | undefined };
  /** The token that came of it. */
  readonly token: SavedToken | undefined;
}

/** Signs in as the profile would, without saving anything, and looks up the application and API it is to use. */
export async function checkLogin(context: Context, login: Login, asked: boolean): Promise<CheckedLogin> {
  const { name, domain, before, credentials, transport } = login;
  if (!asked) return { ...login, proof: undefined, chosen: await choices(undefined, login), token: undefined };
  // A kept token would prove nothing of what it was got with.
  if (before && !credentials)
    await (await context.secrets(before.secrets ?? 'file')).remove(`management-token/${name}`);
  const cache = inMemory();
  const management: ManagementAccess | undefined = credentials && {
    credentials: credentials.credentials,
    source: 'login',
    secret: async () => credentials.secret,
    cache,
  };
  // Made up until it is saved: what is found out about it is not written down by the way.
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

/** Keeps the token for this command alone. */
function inMemory(): TokenCache {
  let kept: SavedToken | undefined;
  return {
    get: async () => kept,
    async put(token) {
      kept = token;
    },
    async remove() {
      kept = undefined;
    },
  };
}
