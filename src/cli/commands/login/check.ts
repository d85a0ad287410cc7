import type { KeptToken, ManagementAccess, TenantConnection, TokenKeeper } from '../../../domain/ports.ts';
import type { ChosenApi, ChosenApp, Profile } from '../../../domain/profile/profile.ts';
import { type Proof, proveCredentials } from '../../../domain/profile/prove.ts';
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
  readonly proof: Proof | undefined;
  readonly chosen: { readonly app: ChosenApp | undefined; readonly api: ChosenApi | undefined };
  /** The token that came of it. */
  readonly token: KeptToken | undefined;
}

/** Signs in as the profile would, without saving anything, and looks up the application and API it is to use. */
export async function checkLogin(context: Context, login: Login, asked: boolean): Promise<CheckedLogin> {
  const { name, domain, before, credentials, transport } = login;
  if (!asked) return { ...login, proof: undefined, chosen: await choices(undefined, login), token: undefined };
  // A kept token would prove nothing of what it was got with.
  if (before && !credentials)
    await (await context.secrets(before.secrets ?? 'file')).remove(`management-token/${name}`);
  const keeper = inMemory();
  const management: ManagementAccess | undefined = credentials && {
    credentials: credentials.credentials,
    source: 'login',
    secret: async () => credentials.secret,
    keeper,
  };
  // Made up until it is saved: what is found out about it is not written down by the way.
  const profile: Profile = { ...before, name, domain, edition: undefined, adHoc: true };
  const tenant = await context.connect(profile, { selection: '', edition: login.edition, transport, management });
  const proof = tenant.management && (await proveCredentials(tenant));
  const chosen = await choices({ ...tenant, edition: proof?.edition ?? before?.edition }, login);
  return { ...login, proof, chosen, token: await keeper.get() };
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
function inMemory(): TokenKeeper {
  let kept: KeptToken | undefined;
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
