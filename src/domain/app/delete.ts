import { AnonError } from '../../errors.ts';
import { clientPath } from '../../wire/client.ts';
import { noContent } from '../../wire/schema.ts';
import { type GuestGrant, grantChanges, guestGrants } from '../api/guest-grants.ts';
import { editionOf } from '../exchange/management.ts';
import { signedInClient } from '../exchange/management-token.ts';
import { type Plan, plannedDelete } from '../plan/plan.ts';
import type { TenantConnection } from '../ports.ts';
import { shellWord } from '../shell-word.ts';
import type { App } from './app.ts';

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
    throw new AnonError('usage', `Profile '${tenant.profile}' signs in with application '${app.name}': it stays.`, {
      hint: 'To delete it, sign in with another application first: anon-cli login',
    });
  }
  const grants = await guestGrants(tenant, await editionOf(tenant), { clientId: app.clientId });
  const write = plannedDelete(
    { path: clientPath(app.clientId), subject: `application ${shellWord(app.name)}`, answer: noContent },
    { name: app.name, client_id: app.clientId, ...grantChanges(grants, ({ audience }) => audience) },
  );
  return { plan: { writes: [write], outcome: () => app }, grants };
}
