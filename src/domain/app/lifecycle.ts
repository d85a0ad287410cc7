import { AnonError } from '../../errors.ts';
import { type ClientType, client, clientPath, clientsPath } from '../../wire/client.ts';
import { noContent } from '../../wire/schema.ts';
import { type GuestGrant, grantChanges, guestGrants } from '../api/guest-grants.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { signedInClient } from '../exchange/management/token.ts';
import { cannotLook } from '../find-by-reference.ts';
import { type Plan, plannedDelete, plannedPost } from '../plan/plan.ts';
import { shellWord } from '../shell-word.ts';
import { type App, appOf } from './app.ts';
import { listApps } from './read.ts';

/** Stands for the client id of an application that is planned and not there yet. */
export const newClientId = '<client_id of the new application>';

/** Single-page and native applications cannot keep a secret, so they are given none to keep. */
const publicTypes: readonly ClientType[] = ['spa', 'native'];

export interface NewApp {
  readonly name: string;
  readonly type: ClientType;
}

/** @throws {AnonError} `usage` when there is an application of just this name */
export async function checkNoNamesake(tenant: TenantConnection, name: string): Promise<void> {
  const namesake = (await listApps(tenant).catch(cannotLook)).find((app) => app.name === name);
  if (!namesake) return;
  throw new AnonError('usage', `Application '${namesake.name}' already exists (${namesake.clientId}).`, {
    hint: 'To create another with this name, pass --allow-duplicate.',
  });
}

/** Plans a new application, closed to guests unless `enabled`. */
export async function planAppCreation(
  tenant: TenantConnection,
  { name, type, enabled }: NewApp & { readonly enabled: boolean },
): Promise<Plan<App>> {
  const edition = await editionOf(tenant);
  const body = {
    name,
    app_type: type,
    token_endpoint_auth_method: publicTypes.includes(type) ? 'none' : 'client_secret_post',
    oidc_conformant: true,
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

/** What is deleted, and the guest grants that go with it. */
export interface AppDeletion {
  readonly plan: Plan<App>;
  readonly grants: readonly GuestGrant[];
}

/**
 * Plans to delete an application; the tenant deletes its guest grants with it.
 * @throws {AnonError} `usage` for the one that this tool signs in with
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
