import { AnonError } from '../../errors.ts';
import { type ClientType, client, clientPath, clientsPath } from '../../wire/client.ts';
import { noContent } from '../../wire/schema.ts';
import { type GuestGrant, grantChanges, guestGrants } from '../api/guest-grants.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { signedInClient } from '../exchange/management/token.ts';
import { refuseDuplicate } from '../find-by-reference.ts';
import { type Plan, plannedDelete, plannedPost } from '../plan/plan.ts';
import { shellWord } from '../shell-word.ts';
import { type App, appOf } from './app.ts';
import { listApps } from './read.ts';

/** Placeholder for the client id of an application that is planned but not yet created. */
export const newClientId = '<client_id of the new application>';

/** Single-page and native applications can't keep a secret, so they get none. */
const publicTypes: readonly ClientType[] = ['spa', 'native'];

export interface NewApp {
  readonly name: string;
  readonly type: ClientType;
}

/** @throws {AnonError} `usage` when an application of exactly this name exists */
export function checkNameIsFree(tenant: TenantConnection, name: string): Promise<void> {
  return refuseDuplicate(listApps(tenant), name, { noun: 'application', idOf: ({ clientId }) => clientId });
}

/** Plans to create an application, disabled for guests unless `enabled`. */
export async function planAppCreation(
  tenant: TenantConnection,
  { name, type, enabled, origins = [] }: NewApp & { readonly enabled: boolean; readonly origins?: readonly string[] },
): Promise<Plan<App>> {
  const edition = await editionOf(tenant);
  const body = {
    name,
    app_type: type,
    token_endpoint_auth_method: publicTypes.includes(type) ? 'none' : 'client_secret_post',
    oidc_conformant: true,
    ...(origins.length > 0 && { web_origins: [...new Set(origins)] }),
    ...edition.client.write({ enabled }, {}),
  };
  const post = {
    ...plannedPost({ path: clientsPath, subject: `application ${shellWord(name)}`, answer: client }, body),
    yields: { placeholder: newClientId, member: 'client_id' },
  };
  return {
    writes: [post],
    outcome: (answers) => appOf(edition, answers.to(post) ?? { ...body, client_id: newClientId }),
  };
}

/** The plan to delete an application, and the guest grants that are deleted with it. */
export interface AppDeletion {
  readonly plan: Plan<App>;
  readonly grants: readonly GuestGrant[];
}

/**
 * Plans to delete an application; the tenant deletes its guest grants with it.
 * @throws {AnonError} `usage` for the application that this tool signs in with
 */
export async function planAppDeletion(tenant: TenantConnection, app: App): Promise<AppDeletion> {
  if ((await signedInClient(tenant)) === app.clientId) {
    throw new AnonError(
      'usage',
      `Application '${app.name}' can't be deleted: profile '${tenant.profile}' signs in with it.`,
      {
        hint: 'Sign in with another application first: anon-cli login',
      },
    );
  }
  const grants = await guestGrants(tenant, await editionOf(tenant), { clientId: app.clientId });
  const write = plannedDelete(
    { path: clientPath(app.clientId), subject: `application ${shellWord(app.name)}`, answer: noContent },
    { name: app.name, client_id: app.clientId, ...grantChanges(grants, ({ audience }) => audience) },
  );
  return { plan: { writes: [write], outcome: () => app }, grants };
}
